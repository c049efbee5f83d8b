"""T1 and T2 of the study beside values of the literature."""

from contrast2map.figures.files import FigureFiles
from contrast2map.figures.literature import literature_figure, literature_rows
from contrast2map.jobs import logs
from contrast2map.study import records


def plot_literature(path_to_table_2, path_to_literature, predictor, outputs):
    table, literature = records.read([path_to_table_2]), records.read([path_to_literature])
    rows = literature_rows(table, predictor, literature)

    outputs.save_both(lambda n_columns: literature_figure(rows, n_columns), rows)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_literature(
        path_to_table_2=snakemake.input.table_2,
        path_to_literature=snakemake.input.literature,
        predictor=snakemake.params.predictor,
        outputs=FigureFiles(**snakemake.output),
    )
