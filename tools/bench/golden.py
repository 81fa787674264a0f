"""Results in goldens of the tree."""


def read(top, figure):
    """A dictionary for each run: its number, and results by name, None where it has none."""
    rows, names = [], []
    path = f"{top}/golden/lakkapragada2025/{figure}.golden"
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[0] == "columns":
                names = words[1:]
            elif line[0].isdigit():
                rows.append(dict(zip(names, (None if w == "-" else w for w in words))))
    return rows
