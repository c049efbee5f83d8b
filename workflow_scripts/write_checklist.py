"""Fill in the CLAIM checklist as far as this run can answer it, and list the open items."""

from pathlib import Path

import yaml

from contrast2map.jobs import logs
from contrast2map.report import claim_checklist
from contrast2map.study import records, tsv
from contrast2map.tables import layout


def write_checklist(inputs, config, network, simulated, path_to_table, path_to_page):
    """Fill in the items of the checklist.

    Args:
        inputs: Dict mapping the names of the rule's inputs to paths; `participants` is empty in a
            simulated study.
        config: The study's configuration.
        network: Name of the main network.
        simulated: Whether the subjects are simulated.
        path_to_table: CSV file to write.
        path_to_page: HTML page to write.
    """
    known = claim_checklist.settings(config) | claim_checklist.results(
        subjects=records.read([inputs["subjects"]]),
        errors=records.read([inputs["table_1"]]),
        errors_by_subject=records.read([inputs["errors_by_subject"]]),
        leakage=records.read([inputs["leakage"]]),
        network=network,
        simulated=simulated,
        participants=() if simulated else _rows(inputs["participants"]),
    )
    table = claim_checklist.fill_in(
        yaml.safe_load(Path(inputs["checklist"]).read_text()), known, simulated
    )
    page = layout.to_page(
        [claim_checklist.layout_checklist(table)], Path(inputs["style"]).read_text(), simulated
    )

    table.to_csv(path_to_table, index=False)
    Path(path_to_page).write_text(page)


def _rows(path_to_participants):
    return [row for _, row in tsv.read(path_to_participants, ["participant_id"])]


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_checklist(
        inputs=dict(snakemake.input.items()),
        config=snakemake.params.config,
        network=snakemake.params.network,
        simulated=snakemake.params.simulated,
        path_to_table=snakemake.output.table,
        path_to_page=snakemake.output.page,
    )
