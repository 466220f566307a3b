"""The command `tatap-central`."""

import argparse
import logging
import signal
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from central import __doc__ as about
from terminal.errors import TerminalError

if TYPE_CHECKING:
    from central.config import Config
    from central.store import Store

CONFIG = Path("/etc/tatap/central.toml")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        options.run(options)
    except TerminalError as error:
        print(f"tatap-central: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tatap-central", description=about)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="take records in and serve the live board")
    run.add_argument("--config", type=Path, default=CONFIG, help=f"settings (default: {CONFIG})")
    run.set_defaults(run=_run)

    recap = commands.add_parser("recap", help="who was there on a day: first IN, last OUT, minutes late")
    recap.add_argument("--day", type=_day, required=True, metavar="YYYY-MM-DD", help="local day of the offices")
    recap.add_argument("--office", metavar="ID", help="only this office")
    form = recap.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as a JSON list")
    form.add_argument("--csv", action="store_true", help="as CSV")
    _add_source(recap)
    recap.set_defaults(run=_recap)

    offices = commands.add_parser("offices", help="which terminals are heard, and what they still hold")
    offices.add_argument("--json", action="store_true", help="as a JSON list")
    _add_source(offices)
    offices.set_defaults(run=_offices)
    return parser


def _add_source(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, default=CONFIG, help=f"settings (default: {CONFIG})")
    source.add_argument("--database", type=Path, metavar="FILE", help="the database itself, without settings")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day written YYYY-MM-DD") from None


def _run(options: argparse.Namespace) -> None:
    from central import config, service  # the commands import what they need, so that --help is quick

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    service.run(config.load(options.config), stop)


def _recap(options: argparse.Namespace) -> None:
    from central import recap

    store, _ = _open(options)
    rows = recap.recap(store, options.day, options.office)
    if options.json:
        print(recap.as_json(rows))
    elif options.csv:
        print(recap.as_csv(rows), end="")
    else:
        print(recap.as_text(rows) if rows else f"no records of {options.day}")


def _offices(options: argparse.Namespace) -> None:
    from central import offices

    store, settings = _open(options)
    now = offices.offices_now(settings.office, store.terminals(), time.time_ns(), settings.centre.silent_after_s)
    print(offices.as_json(now) if options.json else offices.as_text(now))


def _open(options: argparse.Namespace) -> "tuple[Store, Config]":
    """The store the options name, which must exist, and the settings: the default ones beside --database."""
    from central import config
    from central.errors import StoreError
    from central.store import Store

    given = options.database
    settings = config.Config(centre=config.Centre(database=given)) if given else config.load(options.config)
    path = settings.centre.database
    if not path.is_file():
        raise StoreError(f"there is no database {path}", hint="name it with --database, or start the service once")
    return Store(path), settings
