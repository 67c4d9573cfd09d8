"""`gpu-advise` and `python -m bot`: the command line."""

from bot.cli import app

__all__ = ["main"]


def main() -> None:
    """Run the command that the arguments name; ends the process with the contract's exit codes."""
    app(prog_name="gpu-advise")


if __name__ == "__main__":
    main()
