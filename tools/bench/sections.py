"""What is measured: a function for each section, which fills its part of the figures."""

import json
import math
import statistics

import golden
import programs
import shapes
from measure import Entry

FIGURES = "manifests/lakkapragada2025"
# Of each figure: a run in the middle of its sweep.  A manifest of the bench's own has the
# name of its folder.
SYSTEMS = {
    "modular addition": ("fig2-3", "seed=0"),
    "superposition": ("fig4", "seed=0"),
    "polynomial d=100": ("fig5", "degree=100,scale=1,seed=0"),
    "low-rank r=53": ("fig6", "rank=53,seed=0"),
    "autoencoder r=53": ("fig7", "rank=53,seed=0"),
    "sinusoid": ("sinusoid", "model=network,localization=1,seed=0"),
    "quadratic net": ("tools/bench/quadratic", "0"),
    "attention d=20": ("tools/bench/attention", "0"),
    "perceptron 784-100-10": ("tools/bench/perceptron", "0"),
    "convolutions 28x28": ("tools/bench/convolution", "0"),
    "transformer p=113": ("tools/bench/transformer", "0"),
}
# What is sampled by another sampler than SGLD.
SAMPLED = {"modular addition, RMSprop-SGLD": ("tools/bench/samplers", "0")}
# Whose estimates are by samplers that are held against SGLD, on batches and on all samples.
SAMPLERS = ("tools/bench/samplers", "tools/bench/samplers-full")
WAYS = ("plain", "foreach")
FLAT = ("flat",)
# Whose program is published; its way is in authors.py.
PUBLISHED = "modular addition"
# What is usually written another way than the fastest, which peer.py has too.
USUAL = "attention d=20"
# Tasks that tiny models do side by side, a chain or run a lane.
LANES = {"train": "train-lanes", "chain": "chain-lanes"}
PEAK_UNIT = 2e-3  # a million fused multiply-adds, in units of 1e9 operations


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


# ---- Products ------------------------------------------------------------------------

def product_entries(measure, shape):
    """Ours, OpenBLAS's and the peak, f32 and f64: all in one race, so that each can be
    compared with each."""
    _, ta, tb, m, n, k = shape
    entries = []
    for kind in ("f32", "f64"):
        task = f"product {kind} {ta} {tb} {m} {n} {k}"
        entries.append(Entry(f"ours {kind}", "", measure.workers.ours(), task))
        entries.append(Entry(f"peak {kind}", "", measure.workers.ours(), f"peak {kind}"))
        for blas in measure.workers.blas():
            entries.append(Entry(f"blas {kind}", blas.name, blas, task))
            if 1 in (m, n):
                entries.append(Entry(f"blas {kind}", blas.name + " gemv", blas,
                                     task.replace("product", "vector")))
    return entries


def product(measure, shape):
    found = measure.race(product_entries(measure, shape), 0.006, 9)
    _, ta, tb, m, n, k = shape
    flops, row = 2e-9 * m * n * k, {"figure": shape[0], "shape": [ta, tb, m, n, k]}
    for kind in ("f32", "f64"):
        ours, blas = f"ours {kind}", f"blas {kind}"
        row[kind] = {"gflops": flops / found[ours]["seconds"],
                     "peak_share": flops / PEAK_UNIT * measure.ratio(
                         found, f"peak {kind}", ours),
                     "openblas": measure.ratio(found, blas, ours)}
        if blas in found:
            row[kind]["openblas_way"] = found[blas]["way"]
    row["f64_f32"] = measure.ratio(found, "ours f32", "ours f64")
    return row


def products(measure, part):
    listed = shapes.quick() if measure.quick else shapes.all_figures() + shapes.SQUARES
    part["shapes"] = rows = []
    for i, shape in enumerate(listed):
        measure.tell(f"products {i + 1} of {len(listed)}: {shapes.name(shape)}")
        rows.append(product(measure, shape))
        part["summary"] = product_summary(rows)
    measure.done()


def product_summary(rows):
    """Geometric means over the figures' shapes, of all and figure by figure."""
    groups = {"all": [row for row in rows if row["figure"] != "square"]}
    for row in rows:
        groups.setdefault(row["figure"], []).append(row)
    summary = {}
    for name, group in groups.items():
        for kind in ("f32", "f64"):
            ratios = [row[kind]["openblas"] for row in group if row[kind]["openblas"]]
            if not ratios:
                continue
            least = min(group, key=lambda row, kind=kind: row[kind]["openblas"])
            summary[f"{name} {kind}"] = {
                "mean": geometric_mean(ratios), "least": min(ratios),
                "least_shape": shapes.name((least["figure"], *least["shape"]))}
        if group:
            halves = [row["f64_f32"] for row in group]
            summary[f"{name} f64:f32"] = {"mean": geometric_mean(halves), "least": min(halves)}
    return summary


def peak(measure, part):
    """The bare peak: its fastest round, for nothing can be faster than it."""
    ours = measure.workers.ours()
    found = measure.race([Entry(kind, "", ours, f"peak {kind}") for kind in ("f32", "f64")],
                         0.02, 25)
    for kind in ("f32", "f64"):
        part[kind] = {"gflops": PEAK_UNIT / min(found[kind]["of"])}


def fixed(measure, part):
    """The products of Figure 6 in integers against f32, at every rank."""
    ours = measure.workers.ours()
    ranks = (1, 53) if measure.quick else range(1, 101)
    part["ranks"] = rows = []
    for rank in ranks:
        measure.tell(f"fixed: rank {rank}")
        for figure, ta, tb, m, n, k in shapes.low_rank(rank):
            words = f"{ta} {tb} {m} {n} {k}"
            found = measure.race([Entry(kind, "", ours, f"product {kind} {words}")
                                  for kind in ("f32", "fixed")], 0.004, 5)
            rows.append({"rank": rank, "shape": [ta, tb, m, n, k],
                         "fixed_f32": measure.ratio(found, "f32", "fixed")})
    ratios = [row["fixed_f32"] for row in rows]
    part["mean"], part["least"] = geometric_mean(ratios), min(ratios)
    measure.done()


# ---- Steps ---------------------------------------------------------------------------

def run_of(system):
    return SYSTEMS.get(system) or SAMPLED[system]


def settings_of(measure, system):
    return read_settings(measure, *run_of(system))


def read_settings(measure, figure, run):
    return json.loads(measure.workers.ours().ask(f"settings {manifest(figure)} {run}"))


def manifest(figure):
    return f"{figure}.yaml" if "/" in figure else f"{FIGURES}/{figure}.yaml"


def peer_entries(measure, system, task, ways, side):
    entries = []
    name = system.replace(" ", "-")
    for peer in measure.workers.peers():
        peer.settings(name, json.dumps(settings_of(measure, system)))
        for way in ways:
            entries.append(Entry(side, f"{peer.name} {way}".strip(), peer,
                                 f"{task} {name} {way}".strip()))
    return entries


def race_with_peers(measure, system, task, part, ways):
    """Ours against PyTorch, plainly written, and where there are other ways against those."""
    figure, run = run_of(system)
    entries = [Entry("ours", "", measure.workers.ours(), f"{task} {manifest(figure)} {run}")]
    entries += peer_entries(measure, system, task, ways, "peer")
    if ways == WAYS:
        entries += peer_entries(measure, system, task, FLAT, "flat")
    if system == PUBLISHED and task != "checkpoint":
        entries += peer_entries(measure, system, f"authors-{task}", ("",), "authors")
    if system == USUAL and task in ("train", "chain"):
        entries += peer_entries(measure, system, f"usual-{task}", ("",), "usual")
    lanes = LANES.get(task) and f"{LANES[task]} {manifest(figure)} {run}"
    if lanes and measure.workers.ours().seconds(lanes, 1) >= 0:
        entries.append(Entry("lanes", "", measure.workers.ours(), lanes))
    measure.tell(f"{task}: {system}")
    found = measure.race(entries, 0.03, 15)
    row = part[system] = {"us": 1e6 * found["ours"]["seconds"]}
    for side in ("peer", "flat", "authors", "usual"):
        if side in found:
            row[f"{side}_us"] = 1e6 * found[side]["seconds"]
            row[f"{side}_way"] = found[side]["way"]
            row[f"{side}_ratio"] = measure.ratio(found, side)
    if "lanes" in found:
        row["lanes_us"] = 1e6 * found["lanes"]["seconds"]
        row["lanes_ratio"] = measure.ratio(found, "peer", "lanes")
    measure.done()


def systems(measure):
    if measure.options.systems:
        return measure.options.systems
    return list(SYSTEMS)[:2] if measure.quick else list(SYSTEMS)


def steps(measure, part):
    """A training step and an SGLD update of each system."""
    part["train"], part["chain"] = {}, {}
    for system in systems(measure):
        if "train" in settings_of(measure, system):
            race_with_peers(measure, system, "train", part["train"], WAYS)
        race_with_peers(measure, system, "chain", part["chain"], WAYS)


def samplers(measure, part):
    """An update of RMSprop-SGLD against PyTorch's; and of each sampler what one gradient and
    its share of the update take, against SGLD's on the same samples."""
    part["peer"], part["each"] = {"update": {}}, {}
    for system in SAMPLED:
        race_with_peers(measure, system, "chain", part["peer"]["update"], WAYS)
    for figure in SAMPLERS:
        measure.tell(f"samplers: {manifest(figure)}")
        names = [estimate.get("sampler", "sgld")
                 for estimate in read_settings(measure, figure, "0")["llc"]]
        found = measure.race([
            Entry(name, "", measure.workers.ours(), f"estimate {manifest(figure)} 0 {place}")
            for place, name in enumerate(names)], 0.03, 15)
        for name in names:
            if name != "sgld":
                part["each"][name] = {"us": 1e6 * found[name]["seconds"],
                                      "sgld_us": 1e6 * found["sgld"]["seconds"],
                                      "sgld_ratio": measure.ratio(found, name, "sgld")}
    measure.done()


def normals(measure, part):
    """Microseconds a normal, 10,000 of them into a tensor."""
    for kind in ("f32", "f64"):
        entries = [Entry("ours", "", measure.workers.ours(), f"normals {kind} 10000")]
        entries += [Entry("peer", peer.name, peer, f"normals {kind} 10000")
                    for peer in measure.workers.peers()]
        found = measure.race(entries)
        part[kind] = {side: 1e2 * found[side]["seconds"] for side in found}
        part[kind]["peer_ratio"] = measure.ratio(found, "peer")


def trials(measure, part):
    """Microseconds a trial of the two models of grokking that have closed forms: counted in
    blocks as `run` counts them, and made by itself."""
    for name in ("line", "ball"):
        words = f"{manifest('tools/bench/trials-' + name)} 0"
        found = measure.race([Entry(side, "", measure.workers.ours(), f"{task} {words}")
                              for side, task in (("ours", "trials"), ("alone", "trials-alone"))])
        part[name] = {side: 1e6 * found[side]["seconds"] for side in found}
        part[name]["alone_ratio"] = measure.ratio(found, "alone")


def checkpoint(measure, part):
    """What a checkpoint is made of: losses and accuracies on the data, and its record,
    hashed, with weights and moments (PyTorch: torch.save into memory)."""
    part["metrics"], part["record"] = {}, {}
    for system in systems(measure):
        race_with_peers(measure, system, "metrics", part["metrics"], ("",))
        if "train" in settings_of(measure, system):
            race_with_peers(measure, system, "checkpoint", part["record"], ("",))


# ---- Whole runs ----------------------------------------------------------------------

def share(measure, part):
    """Of whole runs, as `sltrace run` does them: how much goes into records and hashes, into
    files, and into metrics, which the figures need."""
    for system in systems(measure)[:1] if measure.quick else systems(measure):
        figure, run = SYSTEMS[system]
        rows = []
        for _ in range(1 if measure.quick else 3):
            measure.tell(f"share: {system}")
            with programs.folder() as folder:
                rows.append(json.loads(measure.workers.ours().ask(
                    f"share {manifest(figure)} {run} {folder}/out")))
        part[system] = shares_of(rows)
        measure.done()


def shares_of(rows):
    """Medians: records and metrics by the CPU's clock, files, for which a run waits, by that
    on the wall."""
    shares = {"seconds": statistics.median(row["run"]["wall"] for row in rows)}
    for what, clock in (("trace", "cpu"), ("files", "wall"), ("metrics", "cpu")):
        shares[what] = statistics.median(row[what][clock] / row["run"][clock] for row in rows)
    shares["kept"] = shares["trace"] + shares["files"]
    return shares


def verify(measure, part):
    """A line of each golden: its run again, and every hash compared.  PyTorch cannot compare,
    but would have to do the run again: from its steps, if they are measured too."""
    for system in systems(measure)[:1] if measure.quick else systems(measure):
        figure, run = SYSTEMS[system]
        if "/" in figure:
            continue
        measure.tell(f"verify: {system}")
        took = programs.sltrace(measure, "verify", f"golden/lakkapragada2025/{figure}.golden",
                                "--only", run, "--jobs", "1")
        part[system] = {"seconds": took.cpu}
        again = again_by_peer(measure, system)
        if again:
            part[system].update(peer_seconds=again, peer_ratio=again / took.cpu)
    measure.done()


def again_by_peer(measure, system):
    """CPU seconds of a system's run in PyTorch, extrapolated; None where a part is missing."""
    figure, run = SYSTEMS[system]
    known = {**measure.sections.get("steps", {}), **measure.sections.get("checkpoint", {})}
    costs = {task: known.get(task, {}).get(system, {}).get("peer_us")
             for task in ("train", "metrics", "chain")}
    if costs["chain"] is None or costs["metrics"] is None:
        return None
    with programs.folder() as folder:
        programs.sltrace(measure, "run", manifest(figure), "--only", run, "--out", f"{folder}/out")
        counts = programs.counts_of(measure, f"{folder}/out")
    return 1e-6 * sum(counts[task] * (costs[task] or 0) for task in counts)


def jobs(measure, part):
    """The same runs by one job and by several; the last is one that all share."""
    count = measure.options.jobs
    part["jobs"], part["figures"] = count, {}
    for figure, run in (("fig2-3", "0-7"), ("fig6", "rank=53"),
                        ("fig5", "degree=75,degree=100,degree=162"),
                        ("tools/bench/transformer", "0")):
        measure.tell(f"jobs: {figure}")
        times = {1: [], count: []}
        for _ in range(1 if measure.quick else 3):
            for number in times:
                with programs.folder() as folder:
                    took = programs.sltrace(
                        measure, "run", manifest(figure), "--only", run, "--jobs",
                        str(number), "--out", f"{folder}/out", cores=measure.options.cores)
                times[number].append(took.wall)
        part["figures"][figure] = {
            "runs": run, "seconds": [statistics.median(times[n]) for n in times],
            "ratio": statistics.median(
                one / many for one, many in zip(times[1], times[count]))}
        if measure.quick:
            break
    measure.done()


def peak_of(measure, figure, *words):
    """Megabytes that `sltrace run` of a figure has in memory at most."""
    measure.tell(f"memory: {figure}")
    with programs.folder() as folder:
        took = programs.sltrace(measure, "run", manifest(figure), *words, "--out",
                                f"{folder}/out", cores=measure.options.cores)
    return took.peak_kb / 1000


def memory(measure, part):
    """Peak resident memory: of one run of each system, and of all of the shorter figures."""
    part["runs"], part["figures"] = {}, {}
    for system in systems(measure)[:1] if measure.quick else systems(measure):
        figure, run = SYSTEMS[system]
        part["runs"][system] = peak_of(measure, figure, "--only", run, "--jobs", "1")
    for figure in () if measure.quick else ("fig5", "p-sweep"):
        part["figures"][figure] = peak_of(measure, figure, "--jobs", str(measure.options.jobs))
    measure.done()


def figures23_way(measure, system, words):
    """Seconds that a way of PyTorch takes for all runs of Figures 2 and 3, one after the
    other: from its step, its evaluation and its SGLD update."""
    settings = settings_of(measure, system)
    sweep = golden.read(measure.workers.top, "fig2-3")
    kept = sum(row["llc/mean"] is not None for row in sweep)
    estimate = settings["llc"][0]
    # i and j of each run kept; every 100 steps a checkpoint, as the program has it.
    counts = {"train": len(sweep) * settings["train"]["steps"],
              "metrics": len(sweep) * settings["train"]["steps"] // 100,
              "chain": kept * 2 * estimate["num_chains"] * estimate["num_draws"]}
    found, total = {}, 0
    for task, count in counts.items():
        measure.tell(f"figures 2 and 3: {words[task]}")
        ways = WAYS if words[task] in ("train", "chain") else ("",)
        raced = measure.race(peer_entries(measure, system, words[task], ways, "peer"), 0.2, 5)
        found[task] = {"count": count, "us": 1e6 * raced["peer"]["seconds"],
                       "way": raced["peer"]["way"]}
        total += count * raced["peer"]["seconds"]
    return {"seconds": total, "of": found, "kept": kept, "runs": len(sweep)}


def figures23_sample(measure):
    """Runs of which as many are kept as of all: three in ten."""
    rows = golden.read(measure.workers.top, "fig2-3")
    kept = [row["run"] for row in rows if row["llc/mean"] is not None]
    others = [row["run"] for row in rows if row["llc/mean"] is None]
    return kept[:1] + others[:1] if measure.quick else kept[:6] + others[:14]


def figures23(measure, part):
    """All of Figures 2 and 3: ours by several jobs, from some of its runs (--whole: all of
    them); PyTorch, well written and as the authors' program is, from their steps."""
    system, number = PUBLISHED, measure.options.jobs
    runs = [] if measure.options.whole else figures23_sample(measure)
    measure.tell("figures 2 and 3: ours")
    with programs.folder() as folder:
        took = programs.sltrace(
            measure, "run", manifest("fig2-3"), "--jobs", str(number), "--out",
            f"{folder}/out", *(["--only", ",".join(map(str, runs))] if runs else []),
            cores=measure.options.cores)
    share_run = 500 / (len(runs) or 500)
    part["ours"] = {"seconds": took.wall * share_run, "cpu_seconds": took.cpu * share_run,
                    "jobs": number, "measured_runs": len(runs) or 500,
                    "peak_mb": took.peak_kb / 1000}
    if not measure.workers.peers():
        return
    names = ("train", "metrics", "chain")
    part["peer"] = figures23_way(measure, system, dict(zip(names, names)))
    part["authors"] = figures23_way(measure, system,
                                    {name: f"authors-{name}" for name in names})
    for side in ("peer", "authors"):
        part[side]["ratio"] = part[side]["seconds"] / part["ours"]["seconds"]
        part[side]["ratio_a_core"] = part[side]["seconds"] / part["ours"]["cpu_seconds"]
    measure.done()


SECTIONS = {"peak": peak, "products": products, "fixed": fixed, "steps": steps, "samplers": samplers,
            "normals": normals, "trials": trials, "checkpoint": checkpoint, "share": share,
            "verify": verify, "jobs": jobs, "memory": memory, "figures23": figures23}
