"""Maps of held-out subjects, by the network and by the simplest predictor."""


rule predict_maps:
    input:
        package=sources(
            "entities", "images", "logs", "maps", "prediction", "slices", "unet"
        ),
        model="<results>/training/{inputs}/{fold}/model.keras",
        slices=held_out_files("slices.npz"),
        scans=held_out_scans,
    output:
        folder=directory("<results>/predictions/network_{inputs}/{fold}"),
    log:
        "<logs>/predict_maps/{inputs}/{fold}.log",
    benchmark:
        "<benchmarks>/predict_maps/{inputs}_{fold}.tsv"
    conda:
        "../envs/learning.yaml"
    resources:
        mem_mb=8000,
        runtime=60,
    params:
        map_scale_s=config["preprocessing"]["normalisation"]["map_scale_s"],
        about={
            "name": "T1 and T2 maps of held-out subjects",
            "description": "U-Net on contrast-weighted images",
        },
    message:
        "Predict the maps of the subjects that {wildcards.fold} held out."
    script:
        "../workflow_scripts/predict_maps.py"


rule predict_cohort_mean:
    input:
        package=sources("cohort_mean", "entities", "images", "logs", "maps", "slices"),
        training_tissue=training_files("tissue_dseg.nii.gz"),
        training_structures=training_files("structure_dseg.nii.gz"),
        training_rois=training_files("roi_dseg.nii.gz"),
        training_coverage=training_files("coverage_mask.nii.gz"),
        training_T1=training_files("registered_T1map.nii.gz"),
        training_T2=training_files("registered_T2map.nii.gz"),
        held_out_tissue=held_out_files("tissue_dseg.nii.gz"),
        held_out_structures=held_out_files("structure_dseg.nii.gz"),
        held_out_rois=held_out_files("roi_dseg.nii.gz"),
        held_out_slices=held_out_files("slices.npz"),
        held_out_scans=held_out_scans,
    output:
        folder=directory("<results>/predictions/cohort_mean/{fold}"),
    log:
        "<logs>/predict_cohort_mean/{fold}.log",
    conda:
        "../envs/learning.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        quantities=QUANTITIES,
        about={
            "name": "Cohort-mean T1 and T2 maps of held-out subjects",
            "description": "Mean of each tissue over the training subjects, no intensities read",
        },
    message:
        "Predict cohort means for the subjects that {wildcards.fold} held out."
    script:
        "../workflow_scripts/predict_cohort_mean.py"
