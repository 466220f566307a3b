"""The command `tatap`. Each command imports what it needs when it runs, so that `--help` stays quick."""

import argparse
import getpass
import json
import logging
import secrets
import signal
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from terminal import __doc__ as about
from terminal import __version__, arguments
from terminal.errors import ConfigError, GalleryError, TerminalError
from terminal.evaluate import attack_options

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from terminal.store.db import GalleryStore

    Commands = _SubParsersAction[argparse.ArgumentParser]

CONFIG = Path("/etc/tatap/terminal.toml")
FAULT = 1  # exit status; argparse itself ends with 2
INTERRUPTED = 130  # what shells expect after Ctrl-C


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _parser().parse_args(arguments)
    level = logging.DEBUG if options.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    try:
        return int(options.run(options) or 0)
    except TerminalError as error:
        print(f"tatap: {error}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tatap", description=about)
    parser.add_argument("--version", action="version", version=f"tatap {__version__}")
    parser.add_argument("--verbose", action="store_true", help="tell more in the log")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (_add_run, _add_enrol, _add_gallery, _add_outbox, _add_scan, _add_evaluate, _add_demo):
        add(commands)
    return parser


def _add_run(commands: "Commands") -> None:
    parser = commands.add_parser("run", help="run the kiosk")
    _add_config(parser)
    parser.set_defaults(run=_run)


def _add_enrol(commands: "Commands") -> None:
    parser = commands.add_parser("enrol", help="enrol a person from images of both eyes")
    parser.add_argument("--person", required=True, metavar="ID", help="opaque id of the roster, never the NIP")
    parser.add_argument("--images", required=True, type=Path, metavar="DIR", help="sub-folders L and R with images")
    parser.add_argument("--eye", choices=("left", "right"), help="which eye, for a folder without L and R")
    parser.add_argument("--name", default="", help="short name for the screen; it never leaves the kiosk")
    _add_config(parser)
    parser.set_defaults(run=_enrol)


def _add_gallery(commands: "Commands") -> None:
    parser = commands.add_parser("gallery", help="who is enrolled on this kiosk")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="everybody, with the number of images of each eye")
    listing.add_argument("--json", action="store_true", help="as a JSON list")
    listing.set_defaults(run=_gallery_list)
    remove = actions.add_parser("remove", help="take a person off this kiosk")
    remove.add_argument("person", metavar="ID")
    remove.set_defaults(run=_gallery_remove)
    for name, run, text in (
        ("export", _gallery_export, "write everybody to one sealed file, for a stick"),
        ("import", _gallery_import, "enrol everybody in such a file"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("file", type=Path, metavar="FILE")
        action.add_argument("--passphrase-file", type=Path, metavar="FILE", help="else it is asked for")
        action.set_defaults(run=run)
        _add_config(action)
    for action in (listing, remove):
        _add_config(action)


def _add_outbox(commands: "Commands") -> None:
    parser = commands.add_parser("outbox", help="the book of check-ins")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    status = actions.add_parser("status", help="what is stored, what waits for the centre, and whether all is intact")
    status.add_argument("--json", action="store_true", help="as a JSON object")
    _add_config(status)
    status.set_defaults(run=_outbox_status)


def _add_scan(commands: "Commands") -> None:
    parser = commands.add_parser("scan", help="what the pipeline makes of an image")
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw boundaries, strip and code into a picture")
    parser.set_defaults(run=_scan)


def _add_evaluate(commands: "Commands") -> None:
    parser = commands.add_parser("evaluate", help="error rates after ISO/IEC 19795 on a folder of images")
    modalities = parser.add_subparsers(required=True, metavar="MODALITY")
    iris = modalities.add_parser("iris", help="every image against every other one, or people searched for among all")
    iris.add_argument("folder", type=Path, metavar="DIR", help="DIR/<subject>/<eye>/<index>.<png|jpg|bmp>")
    iris.add_argument("--json", action="store_true", help="end with one JSON object on standard output")
    iris.add_argument("--plot", type=Path, metavar="DIR", help="write the score histogram and the DET curve there")
    part = "only this part of the sorted subjects, as fractions: 0.6:1 is the last 40 %% (default: 0:1)"
    iris.add_argument("--subjects", type=arguments.part, default=(0.0, 1.0), metavar="A:B", help=part)
    iris.add_argument("--masks", type=Path, metavar="DIR", help="hand-made iris masks by the same names: mean IoU")
    iris.add_argument("--folds", type=arguments.folds, metavar="F", help="also by cross-validation over subjects")
    iris.add_argument("--identify", action="store_true", help="open-set 1:N identification instead of 1:1")
    iris.add_argument(
        "--enrol", type=arguments.count, default=3, metavar="K", help="with --identify: images an eye (default: 3)"
    )
    iris.add_argument(
        "--frames", type=arguments.count, default=2, metavar="M", help="with --identify: frames a probe (default: 2)"
    )
    repeats = "with --identify: times, each with other images enrolled (default: 5)"
    iris.add_argument("--repeats", type=arguments.count, default=5, metavar="N", help=repeats)
    iris.set_defaults(run=_evaluate_iris)
    attack_options.add(modalities)


def _add_demo(commands: "Commands") -> None:
    parser = commands.add_parser("demo", help="everything on this machine, without a camera")
    parser.add_argument("--people", type=Path, metavar="DIR", help="real images: DIR/<subject>/<eye>/<index>.png")
    parser.add_argument("--count", type=int, default=25, metavar="N", help="else draw N people (default: 25)")
    parser.add_argument("--seed", type=int, default=1, help="of the drawn people")
    parser.add_argument("--check", action="store_true", help="every probe once, then compare both books and end")
    parser.add_argument("--json", action="store_true", help="with --check: report as one JSON object")
    parser.add_argument(
        "--broker", type=arguments.host_port, metavar="HOST:PORT", help="a broker of yours, without TLS"
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the books there, and go on from them")
    parser.set_defaults(run=_demo)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=CONFIG, metavar="FILE", help=f"settings (default: {CONFIG})")


def _run(options: argparse.Namespace) -> None:
    from terminal import config, service

    kiosk = service.Kiosk(config.load(options.config))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: kiosk.camera.close())
    try:
        kiosk.run()
    finally:
        kiosk.stop()


def _enrol(options: argparse.Namespace) -> None:
    from terminal import build, config
    from terminal.capture.image import read_image
    from terminal.enrol.enrol import Offered, check_person, enrol, which_eyes
    from terminal.types import Eye, Frame, Instant

    check_person(options.person)
    settings = config.load(options.config)
    files = which_eyes(options.images, Eye(options.eye) if options.eye else None)
    offered = [Offered(eye, Frame(read_image(path), "file", str(path), Instant(0, 0))) for eye, path in files]
    store = build.gallery_store(settings.terminal.state_dir)
    steps = build.enrol_steps(build.extractor(), store.references(), build.policy(settings))
    receipt = enrol(options.person, offered, steps)
    store.put(options.person, options.name, receipt.references, time.time_ns())
    for one in receipt.refused:
        print(f"left out {one.source}: {one.reason or 'differs from the others of that eye'}")
    for eye in Eye:
        print(f"{eye} eye: {sum(reference.eye is eye for reference in receipt.references)} references")
    print(f"enrolled {options.person}")


def _gallery_list(options: argparse.Namespace) -> None:
    people = _gallery(options).people()
    if options.json:
        print(json.dumps([asdict(one) for one in people], indent=1))
        return
    print(f"{'id':20} {'name':20} left right enrolled (UTC)")
    for one in people:
        print(f"{one.person:20} {one.name:20} {one.left:4} {one.right:5} {_moment(one.enrolled_utc_ns)}")


def _gallery_remove(options: argparse.Namespace) -> None:
    _gallery(options).remove(options.person)
    print(f"removed {options.person} and all references")


def _gallery_export(options: argparse.Namespace) -> None:
    from terminal.store.carry import export_gallery
    from terminal.store.vault import SALT_BYTES

    passphrase = _passphrase(options, twice=True)
    count = export_gallery(_gallery(options), options.file, passphrase, secrets.token_bytes(SALT_BYTES))
    print(f"wrote {count} people to {options.file}")


def _gallery_import(options: argparse.Namespace) -> None:
    from terminal.store.carry import import_gallery

    count = import_gallery(_gallery(options), options.file, _passphrase(options), time.time_ns())
    print(f"enrolled {count} people from {options.file}")


def _outbox_status(options: argparse.Namespace) -> None:
    from terminal import config
    from terminal.errors import OutboxError
    from terminal.sync.outbox import Outbox

    settings = config.load(options.config).terminal
    path = settings.state_dir / "outbox.db"
    if not path.is_file():
        raise OutboxError(f"there is no book at {path}", hint="it is made when `tatap run` first starts")
    status = Outbox(path, settings.id).status()
    if options.json:
        print(json.dumps(asdict(status)))
    else:
        waiting = f"the oldest since {_moment(status.oldest_pending_utc_ns)}" if status.oldest_pending_utc_ns else ""
        print(f"terminal  {status.terminal}, epoch {status.epoch}")
        print(f"entries   {status.entries}, the last is number {status.last_seq}")
        print(f"waiting   {status.pending} for the centre's answer {waiting}".rstrip())
        print(f"refused   {status.refused} by the centre")
        print(f"chain     {'DAMAGED at ' + ', '.join(map(str, status.damaged)) if status.damaged else 'intact'}")
    if status.damaged:
        hint = "copy the state folder away before anything else, and report it"
        raise OutboxError(f"{path}: {len(status.damaged)} entries are not as they were written", hint=hint)


def _scan(options: argparse.Namespace) -> int:
    from terminal.scan import scan

    return scan(options.images, options.json, options.plot)


def _evaluate_iris(options: argparse.Namespace) -> int:
    from terminal.evaluate.identified import evaluate_identification
    from terminal.evaluate.identify import Plan
    from terminal.evaluate.iris import evaluate_iris
    from terminal.evaluate.samples import Asked

    asked = Asked(options.folder, options.subjects, options.json, options.plot)
    if not options.identify:
        return evaluate_iris(asked, options.folds, options.masks)
    if options.folds or options.masks:
        raise ConfigError("--folds and --masks go with comparisons one to one", hint="leave --identify out")
    return evaluate_identification(asked, Plan(options.enrol, options.frames, options.repeats))


def _demo(options: argparse.Namespace) -> int:
    from terminal.demo import cast, stage

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as cleanly as with Ctrl-C
    if not options.verbose:
        logging.getLogger().setLevel(logging.WARNING)
    people = cast.photographed(options.people) if options.people else cast.drawn(options.count, options.seed)
    try:
        return stage.run(stage.Wishes(people, options.check, options.json, options.state, options.broker))
    except KeyboardInterrupt:
        if options.check:
            raise  # its books were not compared
        print("\nEnded; nothing is left running.")
        return 0


def _gallery(options: argparse.Namespace) -> "GalleryStore":
    from terminal import build, config

    return build.gallery_store(config.load(options.config).terminal.state_dir)


def _passphrase(options: argparse.Namespace, *, twice: bool = False) -> str:
    if options.passphrase_file:
        try:
            passphrase = str(options.passphrase_file.read_text(encoding="utf-8")).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{options.passphrase_file}: {error}", hint="give a readable text file") from error
    else:
        passphrase = getpass.getpass("Passphrase: ")
        if twice and getpass.getpass("Once more: ") != passphrase:
            raise GalleryError("the two passphrases differ", hint="type the same one twice")
    if not passphrase:
        raise GalleryError("the passphrase is empty", hint="templates never leave a kiosk without one")
    return passphrase


def _moment(utc_ns: int) -> str:
    return f"{datetime.fromtimestamp(utc_ns / 1e9, tz=UTC):%Y-%m-%d %H:%M:%S}"
