"""A finished study as tables: what `sltrace export` writes of a manifest and its traces."""

import glob
import os
import sqlite3
import tempfile

from .program import command
from .trace import Trace


class Study:
    """A manifest and the folders with the traces of its runs: by default sltrace-out/NAME."""

    TABLES = ("runs", "results", "checkpoints", "estimates", "chains", "losses", "claims", "draws")

    def __init__(self, manifest, *folders):
        self.manifest = os.fspath(manifest)
        self._from = [word for folder in folders for word in ("--from", folder)]
        self._folders = [os.fspath(folder) for folder in folders]
        self._database = None

    def database(self):
        """A sqlite3.Connection to what `sltrace export --sqlite` writes; made once."""
        if self._database is None:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "study.db")
                command("export", self.manifest, *self._from, "--sqlite", path)
                with sqlite3.connect(path) as file:
                    self._database = sqlite3.connect(":memory:")
                    file.backup(self._database)
                file.close()
        return self._database

    def frame(self, table):
        """A table of the database as a pandas.DataFrame; TABLES has their names.  Missing
        numbers are NaN."""
        import pandas
        if table not in self.TABLES:
            raise KeyError(f"no table {table!r}; there are {', '.join(self.TABLES)}")
        return pandas.read_sql_query(f"SELECT * FROM {table}", self.database())

    def trace(self, run):
        """The trace of a run, by its number: the file that has the run's experiment."""
        found = self.database().execute("SELECT experiment FROM runs WHERE run = ?",
                                        (run,)).fetchone()
        if not found:
            raise IndexError(f"{self.manifest}: no run {run}")
        for folder in self._folders or [self._own()]:
            name = os.path.join(folder, "traces", f"{run:06d}.trace")
            for path in [name] * os.path.exists(name) + sorted(
                    glob.glob(os.path.join(glob.escape(folder), "traces", "*.trace"))
                    + glob.glob(os.path.join(glob.escape(folder), "*.trace"))):
                trace = Trace(path)
                if trace.experiment == found[0]:
                    return trace
        raise FileNotFoundError(f"no trace of run {run} in {', '.join(self._folders)}")

    def _own(self):
        return os.path.join("sltrace-out", command("show", self.manifest, json_out=True)[1]["name"])

    def inference_data(self):
        """The groups of `sltrace export --netcdf` as xarray.Datasets by name ("posterior",
        "sample_stats", "estimate", "checkpoints", "results"); an arviz.InferenceData of the
        same where ArviZ is installed."""
        import netCDF4
        import xarray
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "study.nc")
            command("export", self.manifest, *self._from, "--netcdf", path)
            with netCDF4.Dataset(path) as file:
                names = list(file.groups)
            groups = {name: xarray.load_dataset(path, group=name) for name in names}
        try:
            import arviz
        except ImportError:
            return groups
        return arviz.InferenceData(**groups)

    def __repr__(self):
        return f"<Study {self.manifest} of {', '.join(self._folders) or 'its own folder'}>"
