"""A private Slurm, the peer for starting and queueing: one node, this machine, on free ports.

From Debian's slurm-wlm and munge, everything below one temporary directory. Nothing that slows it
down is left on: no accounting, no cgroups, no container, and every delay of the scheduler at zero.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time

import measure

START_PATIENCE_S = 30

CONFIGURATION = """
ClusterName=bench
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={directory}/munge.socket
CryptoType=crypto/munge
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.pid
SlurmctldLogFile={directory}/slurmctld.log
SlurmdLogFile={directory}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerType=sched/builtin
SchedulerParameters={scheduler}
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc={directory}/ended.txt
MaxJobCount=20000
MinJobAge=2
KillWait=1
InactiveLimit=0
ReturnToService=2
SlurmctldDebug=error
SlurmdDebug=error
NodeName={host} NodeAddr=127.0.0.1 Port={node_port} CPUs={slots} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""

# sbatch is written for clusters where a second more or less does not matter. These are the documented
# ways to make it start jobs as soon as they come.
TUNED = ("batch_sched_delay=0,sched_interval=1,sched_min_interval=0,default_queue_depth=2000,"
         "sched_max_job_start=0,max_rpc_cnt=0,max_sched_time=10")
# What ends is noticed once a second, whatever the settings. With many more slots than cores the next
# jobs need not wait for that.
SLOTS = 64


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Slurm:
    """`with Slurm.running() as slurm`."""

    def __init__(self, directory, scheduler=TUNED):
        self.directory = directory
        self.scheduler = scheduler
        self.daemons = []
        self.environment = {**os.environ, "SLURM_CONF": f"{directory}/slurm.conf"}

    @classmethod
    @contextlib.contextmanager
    def running(cls, scheduler=TUNED):
        for program in ("munged", "slurmctld", "slurmd", "srun", "sbatch"):
            if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"):
                raise SystemExit(f"{program} is missing: apt install slurm-wlm")
        with measure.temporary_directory() as directory:
            slurm = cls(directory, scheduler)
            try:
                slurm.start()
                yield slurm
            finally:
                slurm.stop()

    def start(self):
        self._start_munge()
        for name in ("state", "spool"):
            os.mkdir(f"{self.directory}/{name}")
        with open(f"{self.directory}/slurm.conf", "w", encoding="ascii") as out:
            out.write(CONFIGURATION.format(
                directory=self.directory, host=socket.gethostname().split(".")[0],
                controller_port=free_port(), node_port=free_port(),
                scheduler=self.scheduler, slots=SLOTS))
        self._daemon("slurmctld", "-D")
        self._daemon("slurmd", "-D")
        deadline = time.monotonic() + START_PATIENCE_S
        while self._run(["sinfo", "--noheader", "--format=%T"]).stdout.strip() != "idle":
            if time.monotonic() > deadline:
                raise SystemExit("Slurm did not start:\n" + self._logs())
            time.sleep(0.2)

    def _start_munge(self):
        key = f"{self.directory}/munge.key"
        with open(key, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            out.write(secrets.token_bytes(128))
        options = [f"--{name}={self.directory}/munge.{end}" for name, end in
                   (("socket", "socket"), ("key-file", "key"), ("pid-file", "pid"),
                    ("log-file", "log"), ("seed-file", "seed"))]
        # --force: the key lies below a directory that others may write to.
        self._daemon("munged", "--foreground", "--force", *options)

    def _daemon(self, name, *options):
        with open(f"{self.directory}/{name}.out", "wb") as log:
            self.daemons.append(subprocess.Popen(
                [shutil.which(name, path="/usr/sbin:" + os.environ["PATH"]), *options],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def _run(self, command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True,
                              check=False)

    def _logs(self):
        text = ""
        for name in ("munged.out", "munge.log", "slurmctld.out", "slurmctld.log", "slurmd.out",
                     "slurmd.log"):
            with contextlib.suppress(FileNotFoundError):
                with open(f"{self.directory}/{name}", encoding="utf-8") as log:
                    text += f"--- {name}\n{log.read()[-2000:]}"
        return text

    def ended_jobs(self):
        """How many jobs have ended since the start: a line each, which costs Slurm no question."""
        try:
            with open(f"{self.directory}/ended.txt", "rb") as ended:
                return ended.read().count(b"\n")
        except FileNotFoundError:
            return 0

    def stop(self):
        if len(self.daemons) > 1:
            self._run(["scancel", "--user=root"])
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        self.daemons = []
