"""Draw the head of one simulated subject: the share of each tissue in each voxel."""

from contrast2map import brainweb, grids, head_anatomy, lesions, logs, seeds


def simulate_anatomy(subject, seed, anatomy, n_lesions_mean, scan, brainweb_model, path_to_head):
    rng = seeds.generator(seed, "anatomy", subject)
    voxel_mm = anatomy["voxel_mm"]
    shape = head_anatomy.grid_shape(scan["matrix"], scan["voxel_mm"], voxel_mm)
    affine = grids.centred_affine(shape, [voxel_mm] * 3)

    if anatomy["source"] == "brainweb":
        from contrast2map import atlas  # here, because ANTs takes 6 s to load

        head = atlas.with_deep_structures(brainweb.load_head(brainweb_model, shape, affine))
    else:
        head = head_anatomy.draw_icbm152_head(
            rng,
            shape,
            affine,
            size_sd=anatomy["size_sd"],
            displacement_sd_mm=anatomy["displacement_sd_mm"],
            displacement_smoothness_mm=anatomy["displacement_smoothness_mm"],
            fraction_sharpness=anatomy["fraction_sharpness"],
        )
    diameters_mm = lesions.draw_diameters_mm(rng, n_lesions_mean, **anatomy["lesion_diameter_mm"])
    distance_mm = lesions.distance_to_ventricles_mm(head.fractions["csf"], head.brain, voxel_mm)
    fraction, label = lesions.place_lesions(
        rng, head.fractions["wm"], distance_mm, voxel_mm, diameters_mm
    )

    head_anatomy.save(path_to_head, head_anatomy.with_lesions(head, fraction), label)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    lesions_of_group = {g["name"]: g["n_lesions_mean"] for g in snakemake.params.groups}
    simulate_anatomy(
        subject=snakemake.wildcards.subject,
        seed=snakemake.params.seed,
        anatomy=snakemake.params.anatomy,
        n_lesions_mean=lesions_of_group[snakemake.params.group],
        scan=snakemake.params.scan,
        brainweb_model=snakemake.input.get("brainweb_model"),
        path_to_head=snakemake.output.head,
    )
