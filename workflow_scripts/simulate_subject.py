"""Simulate one subject: weighted images, reference maps and truth."""

from contrast2map.bids import dataset
from contrast2map.imaging import grids
from contrast2map.jobs import logs
from contrast2map.simulation import scanner, simulated_head, visit
from contrast2map.simulation.settings import Simulation
from contrast2map.study import seeds
from contrast2map.study.terms import QUANTITIES


def simulate_subject(
    subject,
    seed,
    simulation,
    n_lesions_mean,
    path_to_brainweb_model,
    contrasts,
    target,
    scans,
    maps,
    truth,
):
    scan = simulation.scan
    head, lesion_label = simulated_head.draw(
        seed, subject, simulation.anatomy, n_lesions_mean, scan.grid, path_to_brainweb_model
    )

    sample = visit.prepare_sample(
        seeds.generator(seed, "sample", subject),
        head,
        lesion_label,
        tissues=simulation.tissues,
        between_tissue_correlation=simulation.between_tissue_correlation,
        texture=simulation.texture,
        transmit_field=scan.transmit_field,
    )
    receive = scanner.draw_receive_field(
        seeds.generator(seed, "receive", subject),
        head.brain.shape,
        head.voxel_mm,
        scan.receive_field_sd,
    )
    moves = visit.draw_moves(seed, subject, [*scans, "reference"], target, scan.movement)

    common_gain = visit.draw_common_gain(seeds.generator(seed, "gain", subject), scan.gain)
    for contrast in contrasts:
        name = contrast["name"]
        grid = scan.grid_of(name)
        image = visit.scan_contrast(
            seeds.generator(seed, "scan", subject, name),
            sample,
            receive,
            contrast["sequence"],
            snr=scan.snr[name],
            grid=grid,
            head_to_scan=moves[name],
            gain_sd=scan.gain.sd,
            common_gain=common_gain,
        )
        grids.save_centred(image, grid.voxel_mm, scans[name])
    measured = visit.measure_reference_maps(
        seeds.generator(seed, "reference", subject),
        sample,
        simulation.reference_maps,
        moves["reference"],
    )
    for quantity, path in maps.items():
        grids.save_centred(measured[quantity], simulation.reference_maps.grid.voxel_mm, path)
    grid = scan.grid_of(target)
    for name, values in visit.truth_on_grid(sample, head.brain, grid).items():
        grids.save_centred(values, grid.voxel_mm, truth[name])
    dataset.write_movement(truth["movement"], moves)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    simulate_subject(
        subject=snakemake.wildcards.subject,
        seed=snakemake.params.seed,
        simulation=Simulation.from_config(snakemake.params.simulation),
        n_lesions_mean=snakemake.params.n_lesions_mean,
        path_to_brainweb_model=snakemake.input.get("brainweb_model"),
        contrasts=snakemake.params.contrasts,
        target=snakemake.params.target,
        scans={c["name"]: snakemake.output[c["name"]] for c in snakemake.params.contrasts},
        maps={name: snakemake.output[f"reference_{name}"] for name in QUANTITIES},
        truth={
            name.removeprefix("truth_"): path
            for name, path in snakemake.output.items()
            if name.startswith("truth_")
        },
    )
