"""The figures as tables of Markdown, on the terminal and in docs/speed.md."""

import textwrap

BEGIN, END = "<!-- tools/bench/bench --tables -->", "<!-- end of tools/bench/bench -->"


def number(value):
    """Three digits."""
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def rows_of(title, head, rows):
    if not rows:
        return []
    columns = len(head)
    return [f"| {title} | " + " | ".join(head) + " |",
            "| --- |" + " ---: |" * columns,
            *("| " + " | ".join(row) + " |" for row in rows), ""]


# ---- Products ------------------------------------------------------------------------

def product_rows(part):
    summary = part.get("summary", {})
    groups = dict.fromkeys(name.rsplit(" ", 1)[0] for name in summary)
    rows = []
    for group in groups:
        if group == "square":
            continue
        cells = []
        for kind in ("f32", "f64", "f64:f32"):
            found = summary.get(f"{group} {kind}")
            cells.append(f"{found['mean']:.2f} ({found['least']:.2f})" if found else "-")
        name = "all shapes of the figures" if group == "all" else group
        rows.append([name, *cells])
    for row in part.get("shapes", []):
        if row["figure"] == "square":
            rows.append(["x".join(map(str, row["shape"][2:])),
                         *(f"{row[kind]['openblas']:.2f}, {row[kind]['peak_share']:.0%} of peak"
                           if row[kind]["openblas"] else "-" for kind in ("f32", "f64")),
                         f"{row['f64_f32']:.2f}"])
    return rows


# ---- Steps ---------------------------------------------------------------------------

TITLES = {"train": "training step", "chain": "SGLD step", "update": "step", "metrics": "metrics",
          "record": "checkpoint record"}


def step_rows(part):
    rows = []
    for task, by_system in part.items():
        for system, row in by_system.items():
            cells = [number(row["us"]), number(row.get("peer_us")), number(row.get("peer_ratio")),
                     number(row.get("flat_ratio")), number(row.get("authors_ratio"))]
            rows.append([f"{system}, {TITLES[task]}", *cells])
            if "lanes_us" in row:
                rows.append([f"{system}, {TITLES[task]}, in lanes, each", number(row["lanes_us"]),
                             number(row.get("peer_us")), number(row["lanes_ratio"]), "-", "-"])
            if "usual_us" in row:
                rows.append([f"{system}, {TITLES[task]}, PyTorch as usual", number(row["us"]),
                             number(row["usual_us"]), number(row["usual_ratio"]), "-", "-"])
    return rows


def sampler_rows(part):
    return [[name, number(row["us"]), number(row["sgld_us"]), f"{row['sgld_ratio']:.2f}"]
            for name, row in part.get("each", {}).items()]


def normal_rows(part):
    return [[f"a normal, {kind}", number(row["ours"]), number(
        row.get("peer")), number(row["peer_ratio"]), "-", "-"]
        for kind, row in part.items()]


def trial_rows(part):
    return [[f"a trial, {name}", number(row["ours"]), number(row["alone"]),
             number(row["alone_ratio"]), number(1 / row["ours"])]
            for name, row in part.items()]


# ---- Whole runs ----------------------------------------------------------------------

def whole_rows(part):
    if "ours" not in part:
        return []
    ours = part["ours"]
    measured = ours["measured_runs"]
    how = "" if measured == 500 else f", from {measured} runs"
    rows = [[f"sltrace, --jobs {ours['jobs']}{how}", f"{ours['seconds'] / 60:.1f} min", "", ""]]
    for side, title in (("peer", "PyTorch, well written"),
                        ("authors", "PyTorch, as the authors' program")):
        if side in part:
            rows.append([f"{title}, from its steps", f"{part[side]['seconds'] / 3600:.1f} h",
                         number(part[side]["ratio"]), number(part[side]["ratio_a_core"])])
    return rows


def run_rows(sections):
    """Of one run of each system: what its trace takes, and a line of its golden."""
    share, verify, memory = (sections.get(name, {}) for name in ("share", "verify", "memory"))
    rows = []
    for system in dict.fromkeys([*share, *verify, *memory.get("runs", {})]):
        parts = share.get(system)
        cells = [f"{parts[what]:.2%}" if parts else "-" for what in ("trace", "files", "metrics")]
        judged = verify.get(system, {})
        cells.append(f"{judged['seconds']:.2f} s" if judged else "-")
        cells.append(number(judged.get("peer_ratio")))
        peak = memory.get("runs", {}).get(system)
        rows.append([system, *cells, f"{peak:.0f} MB" if peak else "-"])
    for name, peak in memory.get("figures", {}).items():
        rows.append([f"all of {name}", "-", "-", "-", "-", "-", f"{peak:.0f} MB"])
    return rows


def job_rows(part):
    return [[f"{figure}, runs {row['runs']}", *(f"{seconds:.3g} s" for seconds in row["seconds"]),
             number(row["ratio"])] for figure, row in part.get("figures", {}).items()]


def heading(figures):
    ours, peers = figures["ours"], figures["peers"]
    blas = sorted({told["corename"] for told in peers.values() if "corename" in told})
    torch = sorted({told["torch"] for told in peers.values() if "torch" in told})
    peak = figures["sections"].get("peak")
    text = f"{ours['cpu']}, kernels {ours['isa']}, {ours['compiler'].split(' -')[0]}, one thread"
    if peak:
        text += (f"; bare fused multiply-adds: {peak['f32']['gflops']:.0f} GFLOP/s in f32, "
                 f"{peak['f64']['gflops']:.0f} in f64")
    if blas:
        text += f"; OpenBLAS by its best of {', '.join(blas)}"
    if torch:
        text += f"; PyTorch {', '.join(torch)}"
    return [*textwrap.wrap(text + f". {figures['date'][:10]}.", 98), ""]


def table(figures):
    sections = figures["sections"]
    lines = heading(figures)
    lines += rows_of("products: times as fast as OpenBLAS", ["f32, mean (least)", "f64", "f64 : f32"],
                     product_rows(sections.get("products", {})))
    samplers = sections.get("samplers", {})
    steps = step_rows(sections.get("steps", {})) + step_rows(samplers.get("peer", {}))
    steps += normal_rows(sections.get("normals", {})) + step_rows(sections.get("checkpoint", {}))
    lines += rows_of("steps, microseconds", ["sltrace", "PyTorch", "times as fast", "as flat",
                                        "as the authors"],
                     steps)
    lines += rows_of("samplers, microseconds a gradient", ["sampler", "SGLD", "times SGLD's"],
                     sampler_rows(samplers))
    lines += rows_of("trials, microseconds", ["in blocks", "alone", "times as fast",
                                              "millions a second"],
                     trial_rows(sections.get("trials", {})))
    lines += rows_of("Figures 2 and 3, 500 models", ["", "times", "a core"],
                     whole_rows(sections.get("figures23", {})))
    lines += rows_of("a run", ["records, hashes", "files", "metrics", "verified",
                               "times as fast as PyTorch", "peak memory"], run_rows(sections))
    jobs = sections.get("jobs", {})
    lines += rows_of("several runs", ["--jobs 1", f"--jobs {jobs.get('jobs')}", "times as fast"],
                     job_rows(jobs))
    if "mean" in sections.get("fixed", {}):
        lines.append("In integers the products of Figure 6 run at {mean:.2f} of f32, at least "
                     "{least:.2f}.".format(**sections["fixed"]))
    return "\n".join(lines).rstrip("\n")


def put_into(path, tables):
    """Replaces what stands between the two comments."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"bench: {path}: no lines {BEGIN} and {END}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{begin}\n{tables}\n{end}{after}")
