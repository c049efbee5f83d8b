"""List the files of the subjects that a fold holds out."""

from contrast2map import file_lists, logs


def list_files(paths_by_role, path_to_list):
    file_lists.write(paths_by_role, path_to_list)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    list_files(
        paths_by_role={
            role: [paths] if isinstance(paths, str) else list(paths)
            for role, paths in snakemake.input.items()
        },
        path_to_list=snakemake.output.list,
    )
