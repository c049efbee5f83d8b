"""Start of a run: stop in the first second if a program that the study asks for is missing."""


def check_engines():
    """Check the programs of this machine, which are those of the jobs unless a cluster or an environment runs them."""
    if not workflow.local_exec or workflow.deployment_settings.deployment_method:
        return
    # Imported here, because each job reads this file, too.
    from contrast2map.preprocessing import engines

    try:
        notes = engines.check(config["preprocessing"])
    except ValueError as error:
        sys.exit(str(error))
    for note in [*notes, *filter(None, [NO_NEW_PERSONS])]:
        print(f"note: {note}", file=sys.stderr, flush=True)


onstart:
    check_engines()
