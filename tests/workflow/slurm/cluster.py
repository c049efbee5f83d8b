"""A Slurm cluster of one machine, for tests: munge, slurmctld and slurmd from Debian's packages.

Everything lies in one folder, but for two links in /etc/slurm while it runs: jobs look for the
cluster there. It is stopped by process id. It needs root, as slurmd does, and no systemd and no
cgroups. The node claims more processors and memory than the machine has, so that a study's jobs are
not refused; a character device stands in for a GPU.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
SECONDS_TO_START = 60
SYSTEM = Path("/etc/slurm")
FILES = ("slurm.conf", "gres.conf")
MEMORY_MB = 64_000
N_PROCESSORS = 8
CONFIGURATION = """
ClusterName=contrast2map
SlurmctldHost={node}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,bf_interval=5
ReturnToService=1
MinJobAge=300
KillWait=5
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName={node} NodeAddr=127.0.0.1 CPUs={n_processors} RealMemory={memory_mb} Gres=gpu:1
PartitionName=cpu Nodes=ALL Default=YES MaxTime=1440 State=UP
PartitionName=gpu Nodes=ALL MaxTime=1440 State=UP
"""


def missing():
    """Why there can be no cluster here, in words; empty where there can."""
    lacking = [name for name in PROGRAMS if not _find(name)]
    if lacking:
        return f"not installed: {', '.join(lacking)} (Debian: munge, slurm-wlm, slurm-client)"
    if os.geteuid():
        return "slurmd needs root"
    own = [path for name in FILES if (path := SYSTEM / name).exists()]
    return f"this machine has a Slurm of its own: {own[0]}" if own else ""


class Cluster:
    """A running cluster.

    Attributes:
        folder: Folder of its files and logs.
        node: Name of its node.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.node = socket.gethostname()
        self.processes = []

    def start(self):
        """Start the daemons, and wait until the node is idle.

        Raises:
            RuntimeError: It is not within a minute; the message has the end of the logs.
        """
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        values = {"node": self.node, "folder": self.folder, "ports": _free_ports(2)}
        values |= {"n_processors": N_PROCESSORS, "memory_mb": MEMORY_MB}
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(**values))
        (self.folder / "gres.conf").write_text(f"NodeName={self.node} Name=gpu File=/dev/null\n")
        SYSTEM.mkdir(exist_ok=True)
        for name in FILES:  # a link of a test that was killed leads nowhere and may go
            (SYSTEM / name).unlink(missing_ok=True)
            (SYSTEM / name).symlink_to(self.folder / name)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        names = ("key-file", "socket", "pid-file", "log-file", "seed-file")
        suffixes = ("key", "socket", "pid", "log", "seed")
        options = [
            f"--{name}={self.folder}/munge.{suffix}"
            for name, suffix in zip(names, suffixes, strict=True)
        ]
        # --force: the folder may lie below one that others can write to, as /tmp.
        self._run_daemon("munged", "--foreground", "--force", *options)
        self._wait_for((self.folder / "munge.socket").exists)
        self._run_daemon("slurmctld", "-D", "-f", self.folder / "slurm.conf")
        self._run_daemon("slurmd", "-D", "-f", self.folder / "slurm.conf")
        self._wait_for(
            lambda: "idle" in self.call("sinfo", "--noheader", "--format=%T", check=False)
        )

    def stop(self):
        """Stop the daemons that were started here, the last one first."""
        self.call("scancel", "--user=root", check=False)
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for name in FILES:
            if (SYSTEM / name).is_symlink():
                (SYSTEM / name).unlink()

    def call(self, program, *arguments, check=True):
        """Output of a Slurm command."""
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")
        return done.stdout

    def state(self):
        """State of the node, as "idle", "mixed", "down"; empty while nobody answers."""
        return self.call("sinfo", "--noheader", "--format=%T", check=False).strip()

    def jobs(self):
        """Number, state and comment of the queue's jobs; Snakemake puts the rule in the comment."""
        rows = self.call("squeue", "--noheader", "--format=%i|%T|%k").splitlines()
        return [tuple(row.split("|")) for row in rows]

    def _run_daemon(self, name, *arguments):
        with open(self.folder / f"{name}.out", "w") as out:
            self.processes.append(
                subprocess.Popen(
                    [_find(name), *map(str, arguments)],
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            )

    def _wait_for(self, is_there):
        started = time.monotonic()
        while not is_there():
            ended = [p.args[0] for p in self.processes if p.poll() is not None]
            if ended or time.monotonic() - started > SECONDS_TO_START:
                logs = [*self.folder.glob("*.log"), *self.folder.glob("*.out")]
                words = "\n".join(f"{path}:\n{path.read_text()[-1500:]}" for path in logs)
                raise RuntimeError(f"the cluster did not start; ended: {ended}\n{words}")
            time.sleep(0.2)


def _find(name):
    """A program's path; daemons lie in sbin, which is not on every PATH."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
