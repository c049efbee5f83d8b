"""Start of a run: stop in the first second if a program that the study asks for is missing."""

HAS_ENVIRONMENTS = bool(workflow.deployment_settings.deployment_method)
# Not at the start of the run, before which Snakemake looks for conda.
if HAS_ENVIRONMENTS and not IS_CLONE:
    sys.exit(
        "--software-deployment-method needs a clone of contrast2map, because its environments do not contain the "
        "package; run without it: the jobs use the environment of Snakemake"
    )


def check_programs():
    """Check the programs of this machine, which are those of the jobs unless a cluster or an environment runs them."""
    if not workflow.local_exec or HAS_ENVIRONMENTS:
        return
    # Imported here, because each job reads this file, too.
    from contrast2map.preprocessing import engines
    from contrast2map.report import viewer

    try:
        notes = engines.check(config["preprocessing"])
        if HAS_VIEWER:
            viewer.find_niivue()
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    for note in [*notes, *filter(None, [NO_NEW_PERSONS])]:
        print(f"note: {note}", file=sys.stderr, flush=True)


def check_patches():
    """End the run before any job if the patches do not fit into the slices of the first scan that can be read."""
    from contrast2map.imaging.images import ImageError
    from contrast2map.preprocessing.slices import require_patches_fit

    for subject in GROUPS:
        path = FILES.path(TARGET, subject)
        if Path(path).is_file():
            try:
                require_patches_fit(path, config["training"]["patch_size"])
            except ImageError:
                continue  # the input gate says what is wrong with it
            except ValueError as error:
                sys.exit(str(error))
            return


onstart:
    check_programs()
    check_patches()
