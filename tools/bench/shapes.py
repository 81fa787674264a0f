"""The products that the figures make: shapes (figure, TA, TB, m, n, k) as BLAS names them,
op(A) is m x k and op(B) is k x n."""

RANKS = [round(1 + i * 99 / 19) for i in range(20)]
DEGREES = [1, 2, 3, 4, 6, 8, 10, 13, 18, 26, 38, 55, 75, 100, 162, 234, 336, 483, 695, 1000]


def layer(figure, samples, inputs, outputs, first=False):
    """Of a linear layer, weights outputs x inputs: forward, the weights' gradient, and the
    input's unless that is data."""
    products = [(figure, "N", "T", samples, outputs, inputs),
                (figure, "T", "N", outputs, inputs, samples)]
    if not first:
        products.append((figure, "N", "N", samples, inputs, outputs))
    return products


def low_rank(rank):
    return (layer("low-rank", 500, 100, rank, first=True)
            + layer("low-rank", 500, rank, 100))


def superposition(batch):
    """W'W x: the second layer has the first one's weights, transposed."""
    return layer("superposition", batch, 8, 2, first=True) + [
        ("superposition", "N", "N", batch, 8, 2), ("superposition", "N", "T", batch, 2, 8),
        ("superposition", "T", "N", 2, 8, batch)]


def autoencoder(rank):
    return (layer("autoencoder", 500, 100, 128, first=True)
            + layer("autoencoder", 500, 128, rank) + layer("autoencoder", 500, rank, 128)
            + layer("autoencoder", 500, 128, 100))


def all_figures():
    found = layer("modular addition", 128, 12, 48) + layer("modular addition", 128, 48, 53)
    for samples in (1123, 1686):
        found += [("modular addition", "N", "T", samples, 48, 12),
                  ("modular addition", "N", "T", samples, 53, 48)]
    found += superposition(100) + superposition(512)
    for degree in DEGREES:
        found += layer("polynomial", 500, degree + 1, 1, first=True)
    for rank in RANKS:
        found += low_rank(rank) + autoencoder(rank)
    found += layer("sinusoid", 200, 1, 256, first=True) + layer("sinusoid", 200, 256, 1)
    found += layer("sinusoid", 200, 41, 1, first=True)
    found += [("quadratic net", "N", "T", 128, 53, 1024), ("quadratic net", "T", "N", 53, 1024, 128),
              ("quadratic net", "N", "N", 128, 1024, 53)]
    return list(dict.fromkeys(found))


# For comparison with other people's figures; not in the means.
SQUARES = [("square", "N", "N", side, side, side) for side in (256, 1024)]


def quick():
    """One of each figure, from the middle of its list."""
    by_figure = {}
    for shape in all_figures():
        by_figure.setdefault(shape[0], []).append(shape)
    return [listed[len(listed) // 2] for listed in by_figure.values()]


def name(shape):
    return "{} {}{} {}x{}x{}".format(*shape)
