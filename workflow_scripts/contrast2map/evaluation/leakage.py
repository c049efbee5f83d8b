"""Find data leakage: files of held-out subjects that a fit or a normalisation read."""

# Masks and labels of two subjects may be identical by chance, such as a mask that covers the whole
# volume; files with intensities are not.
WITHOUT_INTENSITIES = ("_mask.nii.gz", "_dseg.nii.gz")


class LeakageError(ValueError):
    """A fit may have used data of its held-out subjects; the message gives the evidence."""


def owners_of(tables):
    """Map the content of each file to the subjects that have it.

    Args:
        tables: Tables of the files read (`opened_files.COLUMNS`), each a list of dicts.

    Returns:
        Dict mapping the SHA-256 of a file to a dict that maps each subject to one such file; files
        without intensities are excluded.
    """
    owners = {}
    for table in tables:
        for row in table:
            if row["subject"] and not row["file"].endswith(WITHOUT_INTENSITIES):
                owners.setdefault(row["sha256"], {})[row["subject"]] = row["file"]
    return owners


def problems(read, validation, normalisation, training, held_out, owners):
    """List the signs of leakage in a fit.

    Args:
        read: Table of the files to which the fit adapted (`opened_files.COLUMNS`).
        validation: Table of the files that it read only for the error in its log; empty without
            validation subjects.
        normalisation: Dict mapping subject to table of the files that its normalisation read.
        training: Training subjects of the fold, including the validation subjects.
        held_out: Held-out subjects of the fold.
        owners: Dict returned by `owners_of` for all tables of the study.

    Returns:
        List of lines, each naming a subject and a file; empty without a finding.
    """
    held_back = _subjects(validation)
    fitted = [subject for subject in training if subject not in held_back]
    return [
        *_read_of_others(read, training, held_out),
        *_read_of_others(validation, training, held_out),
        *_shared(read, held_back),
        *_unread([*read, *validation], training),
        *_normalised_with_others(normalisation, training, held_out),
        *_duplicates([*read, *_rows(normalisation, fitted)], set(fitted), set(held_out), owners),
        *_duplicates(
            [*read, *_rows(normalisation, fitted)], set(fitted), held_back, owners, "validation"
        ),
    ]


def check(read, validation, normalisation, fold_of, complain):
    """Check the files of each fit for held-out subjects.

    Args:
        read: Dict of (fold, predictor) to table of the files to which the fit adapted.
        validation: The same of the files that it read only for the error in its log; fits without
            validation may be missing.
        normalisation: Dict mapping subject to table of the files that its normalisation read.
        fold_of: Dict mapping subject to the fold that holds it out.
        complain: Function called with each finding, one line.

    Returns:
        One dict per fit: fold, predictor, n_training_subjects, training_subjects,
        validation_subjects, n_files, held_out_subjects, n_leaked. The training subjects are those
        to which the fit adapted. The files are those read by the fit and by the normalisation of
        its training and validation subjects.

    Raises:
        LeakageError: Leakage was found; the message gives the first finding and the number of
            others.
    """
    owners = owners_of([*read.values(), *validation.values(), *normalisation.values()])
    rows, lines = [], []
    for (fold, predictor), files in sorted(read.items(), key=_fold_of_item):
        training = [subject for subject in fold_of if fold_of[subject] != fold]
        held_out = [subject for subject in fold_of if fold_of[subject] == fold]
        seen = validation.get((fold, predictor), [])
        found = problems(files, seen, normalisation, training, held_out, owners)
        lines += [f"{fold}, {predictor}: {line}" for line in found]
        held_back = _subjects(seen)
        fitted = [subject for subject in training if subject not in held_back]
        every = [*files, *seen, *_rows(normalisation, training)]
        rows.append(
            {
                "fold": fold,
                "predictor": predictor,
                "n_training_subjects": len(fitted),
                "training_subjects": " ".join(fitted),
                "validation_subjects": " ".join(sorted(held_back)),
                "n_files": len({row["file"] for row in every}),
                "held_out_subjects": " ".join(held_out),
                "n_leaked": len(found),
            }
        )
    for line in lines:
        complain(line)
    if lines:
        others = f" (and {len(lines) - 1} more, see the log)" * (len(lines) > 1)
        raise LeakageError(f"{lines[0]}{others}")
    return rows


def _read_of_others(read, training, held_out):
    for row in read:
        subject, file = row["subject"], row["file"]
        if subject in held_out:
            yield f"the fit read {file} of held-out sub-{subject}"
        elif not subject:
            yield f"the fit read {file}, which is in no subject's folder: subject unknown"
        elif subject not in training:
            yield f"the fit read {file} of sub-{subject}, who is not a participant"


def _shared(read, held_back):
    for row in read:
        if row["subject"] in held_back:
            yield f"the fit adapted to {row['file']} of validation subject sub-{row['subject']}"


def _unread(read, training):
    seen = {row["subject"] for row in read}
    for subject in training:
        if subject not in seen:
            yield f"the fit read no file of training subject sub-{subject}"


def _normalised_with_others(normalisation, training, held_out):
    for subject in training:
        if not normalisation.get(subject):
            yield f"the list of files that the normalisation of sub-{subject} read is missing"
        for row in normalisation.get(subject, []):
            if row["subject"] != subject:
                other = f"sub-{row['subject']}" if row["subject"] else "no subject"
                role = "held-out " if row["subject"] in held_out else ""
                yield f"the normalisation of sub-{subject} read {row['file']} of {role}{other}"


def _duplicates(rows, training, held_out, owners, role="held-out"):
    twins = {}
    for row in rows:
        if row["subject"] in training:
            for held in sorted(held_out & set(owners.get(row["sha256"], {}))):
                pairs = twins.setdefault((row["subject"], held), {})
                pairs[row["file"]] = owners[row["sha256"]][held]
    for (subject, held), pairs in twins.items():
        file, same = next(iter(pairs.items()))
        others = f" (and {len(pairs) - 1} more files)" * (len(pairs) > 1)
        yield (
            f"{file} of training subject sub-{subject} is identical to {same} of {role} "
            f"sub-{held}: the same scan under two labels{others}"
        )


def _subjects(rows):
    return {row["subject"] for row in rows}


def _rows(normalisation, training):
    return [row for subject in training for row in normalisation.get(subject, [])]


def _fold_of_item(item):
    (fold, _), _ = item
    return fold
