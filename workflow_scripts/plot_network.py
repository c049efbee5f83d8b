"""Figure 1: the network, drawn from the layers of a trained model."""

from contrast2map.figures.files import FigureFiles
from contrast2map.figures.network import network_data, network_diagram
from contrast2map.jobs import logs
from contrast2map.learning.inspection import describe_layers


def plot_network(
    path_to_model,
    patch_size,
    input_names,
    output_names,
    outputs,
):
    # Imported here so that TensorFlow's start-up messages go to the log.
    from contrast2map.any_protocol import pretrained

    model = pretrained.load(path_to_model)

    layers = describe_layers(model, *patch_size)

    figure = network_diagram(layers, input_names, output_names)
    outputs.save(figure, network_data(layers, input_names, output_names))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_network(
        path_to_model=snakemake.input.model,
        patch_size=snakemake.params.patch_size,
        input_names=snakemake.params.input_names,
        output_names=snakemake.params.output_names,
        outputs=FigureFiles(**snakemake.output),
    )
