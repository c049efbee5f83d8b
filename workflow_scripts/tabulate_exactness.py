"""Tabulate the deviation of the predictions from those of the float32 networks."""

import json
from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.tables.exactness import layout_exactness, summarise_exactness
from contrast2map.tables.files import TableFiles


def tabulate_exactness(
    paths_to_exactness,
    maximum_ms,
    simulated,
    outputs,
):
    found = {
        (path.parent.name, path.stem): json.loads(path.read_text())
        for path in map(Path, paths_to_exactness)
    }
    table = summarise_exactness(found)
    layouts = [layout_exactness(table, maximum_ms)]

    outputs.write(table, layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_exactness(
        paths_to_exactness=snakemake.input.exactness,
        maximum_ms=snakemake.params.maximum_ms,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
