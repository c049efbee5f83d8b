"""How far the predictions lie from the networks in float32."""

import json
from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.tables import files
from contrast2map.tables.exactness import layout_exactness, summarise_exactness


def tabulate_exactness(
    paths_to_exactness,
    path_to_style,
    maximum_ms,
    simulated,
    path_to_table,
    path_to_layouts,
    path_to_page,
):
    found = {
        (path.parent.name, path.stem): json.loads(path.read_text())
        for path in map(Path, paths_to_exactness)
    }
    table = summarise_exactness(found)
    layouts = [layout_exactness(table, maximum_ms, simulated)]

    files.write_csv(table, path_to_table)
    files.write_layouts(layouts, simulated, path_to_style, path_to_layouts, path_to_page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_exactness(
        paths_to_exactness=snakemake.input.exactness,
        path_to_style=snakemake.input.style,
        maximum_ms=snakemake.params.maximum_ms,
        simulated=snakemake.params.simulated,
        path_to_table=snakemake.output.table,
        path_to_layouts=snakemake.output.layouts,
        path_to_page=snakemake.output.page,
    )
