"""The audit chain: ``audit verify`` and ``audit anchor``."""

import sys

import click

from talent.cli.door import REFUSED, as_json, complain, open_program, print_json, refusing
from talent.core import audit_chain
from talent.words.say import say


@click.group()
def audit() -> None:
    """The chain of audit events."""


@audit.command()
@as_json
@refusing
def verify(form: str) -> None:
    """Prove that no audit event was changed, removed, moved or cut off; exit 1 with the first that was."""
    proof = audit_chain.verify(open_program())
    if form == "json":
        broken = proof.broken
        said = {"code": broken.code, "text": say(broken)[0], **broken.params} if broken else None
        print_json({"events": proof.events, "before_chain": proof.before_chain, "anchors": proof.anchors,
                    "broken": said})
    elif proof.broken is None:
        before = f"，另有 {proof.before_chain} 条早于审计链" if proof.before_chain else ""
        click.echo(f"审计链完好：{proof.events} 条，登记 {proof.anchors} 次{before} · the chain is whole")
    if proof.broken is not None:
        complain([proof.broken])
        sys.exit(REFUSED)


@audit.command()
@refusing
def anchor() -> None:
    """Write the newest link down, signed, and print it, to be kept on paper or another machine."""
    program = open_program()
    made = audit_chain.anchor(program)
    known = audit_chain.read_anchors(audit_chain.anchors_file(program.settings))
    if made is None and not known:
        click.echo("还没有审计记录 · no audit events yet")
        return
    click.echo((made or known[-1]).line, nl=False)
