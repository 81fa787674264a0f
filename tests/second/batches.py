"""Batches: sections 7.1 and 7.2 of docs/spec."""

import draws


class Batches:
    """The batches of training, or of a chain of an estimate of ordinal o."""

    def __init__(self, batch, data, seed, purpose, chain=0, c3=0):
        self.batch, self.data, self.n = batch, data, len(data.training)
        self.seed, self.purpose, self.chain, self.c3 = seed, purpose, chain, c3
        self.full = batch == "full"

    def stream(self, c1, tensor=0):
        return draws.Stream(self.seed, self.purpose, tensor, self.chain, c1, self.c3)

    def permutation(self, c1):
        return draws.shuffle(self.stream(c1), self.n)

    def at(self, s):
        """Batch s."""
        if not self.full and self.batch["order"] == "stream":
            return self.data.new(self.batch["size"], lambda tensor: self.stream(s, tensor))
        return self.data.training.take(self.rows(s))

    def rows(self, s):
        """The samples of batch s that the table has."""
        if self.full:
            return list(range(self.n))
        k = self.batch["size"]
        if self.batch["order"] == "fresh":
            return self.permutation(s)[:k]
        if self.batch["order"] == "replacement":
            return draws.bounded(self.stream(s), [self.n] * k)
        keep = self.batch["short"] == "keep"
        per_epoch = -(-self.n // k) if keep else self.n // k
        epoch, j = divmod(s, per_epoch)
        return self.permutation(epoch)[j * k:(j + 1) * k]
