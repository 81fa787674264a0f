"""Which numbers chains move: section 10.8 of docs/spec."""

import copy


def spread(part, key, size):
    """The rows or columns of a block's part."""
    written = part.get(key, {})
    first = written.get("from", 0)
    return range(first, first + written.get("count", size - first))


class Refinement:
    """The network in which weights stay that have no number that moves; of those that
    move in part, whether each number does."""

    def __init__(self, network, centre, restrict):
        self.net, self.mixed = network, {}
        self.moving = sum(len(centre[n].m) for n in network.trainable)
        if isinstance(restrict, str):
            return
        moves = {n: [False] * len(centre[n].m) for n in network.trainable}
        parts = [{"weight": name} for name in restrict.get("weights", [])]
        for name in restrict.get("blocks", []):
            parts += [b for b in network.blocks if b["name"] == name][0]["of"]
        for part in parts:
            w = centre[part["weight"]]
            for r in spread(part, "rows", w.rows):
                for c in spread(part, "columns", w.cols):
                    moves[part["weight"]][r * w.cols + c] = True
        self.moving = sum(map(sum, moves.values()))
        self.mixed = {n: m for n, m in moves.items() if any(m) and not all(m)}
        self.net = copy.copy(network)
        self.net.trainable = [n for n in network.trainable if any(moves[n])]
        self.net.depends = self.net.values_depending()

    def slope(self, found):
        """A gradient, or a direction, that is 0 where numbers stay."""
        for name, moves in self.mixed.items():
            g = found[name]
            m = [x if goes else type(x)(0) for x, goes in zip(g.m, moves)]
            found = found | {name: g.like(m, g.frac)}
        return found

    def back(self, weights, centre):
        """Weights with the numbers that stay as they are at the centre."""
        for name, moves in self.mixed.items():
            w = weights[name]
            m = [x if goes else y for x, y, goes in zip(w.m, centre[name].m, moves)]
            weights = weights | {name: w.like(m, w.frac)}
        return weights
