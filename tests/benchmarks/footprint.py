"""How much memory a process holds, alone and with everything that it began, where `/proc` tells; elsewhere nothing."""

from pathlib import Path

__all__ = ["alone_mib", "together_mib"]


def alone_mib(pid: int) -> float:
    """Resident memory of one process now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return float(line.split()[1]) / 1024.0


def together_mib(pid: int) -> float:
    """The same of it and of all processes below it; what they share counts in each."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        children = []
    return alone_mib(pid) + sum(together_mib(int(child)) for child in children)
