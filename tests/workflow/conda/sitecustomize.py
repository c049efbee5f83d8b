"""Tell what a job's code imports from outside of its environment.

Snakemake appends its own search path to that of a script in a conda environment: what the
environment lacks is silently imported from Snakemake's. This module lies in the test channel's
Python. Where IMPORT_WITNESS names a folder, each process writes a file there when it ends.
"""

import atexit
import builtins
import json
import os
import sys


def watch(folder):
    """Keep who imports what, and write it to a folder at exit, as JSON.

    Of a process: `program`, `prefix` of its environment, packages from `inside` of this and of the
    project, and `foreign`: import statements of code inside that led outside, even to what
    Snakemake had imported before, as file, module and the module's file.
    """
    ordinary = builtins.__import__
    statements = set()

    def watched(name, globals=None, locals=None, fromlist=(), level=0):
        module = ordinary(name, globals, locals, fromlist, level)
        if level == 0 and globals:
            statements.add((globals.get("__file__"), name))
        return module

    def write():
        own = (sys.prefix, os.getcwd())
        files = {
            name: file
            for name, module in list(sys.modules.items())
            if (file := getattr(module, "__file__", None))
        }
        foreign = sorted(
            (importer, name, files[name])
            for importer, name in statements
            if importer and importer.startswith(own) and name in files
            if not files[name].startswith(own) and name.split(".")[0] != "snakemake"
        )
        inside = sorted({name.split(".")[0] for name in files if files[name].startswith(own)})
        told = {"program": sys.argv[0], "prefix": sys.prefix, "inside": inside, "foreign": foreign}
        with open(os.path.join(folder, f"{os.getpid()}.json"), "w") as file:
            json.dump(told, file)

    builtins.__import__ = watched
    atexit.register(write)


if "IMPORT_WITNESS" in os.environ:
    watch(os.environ["IMPORT_WITNESS"])
