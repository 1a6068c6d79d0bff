"""The terminal: the same commands as the pages. Verbs load their module when called, so ``talent --help`` is instant.

Exit codes: 0 done; 1 refused, with the reasons on stderr and nothing changed; 2 wrong usage.
"""

from importlib import import_module

import click

#: Verb → (module of this package, attribute, what it does). Read by ``--help`` without importing anything.
VERBS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "建样例区、导入、计算并打开网站 · build the sample district and serve it"),
    "init": ("site", "init", "建立或升级数据库与密钥 · create or upgrade the schema"),
    "import": ("records", "import_", "导入工作簿 · import workbooks"),
    "export": ("records", "export", "导出工作簿 · export workbooks"),
    "template": ("records", "template", "空白模板 · empty workbooks"),
    "hours": ("figures", "hours", "学时 · training hours"),
    "tiers": ("figures", "tiers", "人才梯队 · the talent pyramid"),
    "indicators": ("figures", "indicators", "优质均衡指标 · national indicators"),
    "pay": ("figures", "pay", "帮扶支教激励 · the assistance incentive"),
    "portraits": ("figures", "portraits", "教师数字画像 · teacher portraits"),
    "notice-end": ("figures", "notice_end", "公示截止日 · last day of a public notice"),
    "user": ("site", "user", "账号 · accounts"),
    "serve": ("site", "serve", "网站 · the web server"),
    "worker": ("site", "worker", "后台任务 · background jobs"),
    "backup": ("upkeep", "backup", "联机备份 · online backup"),
    "restore": ("upkeep", "restore", "恢复到空目录 · restore into an empty home"),
    "doctor": ("upkeep", "doctor", "检查设置与完整性 · settings and integrity"),
    "audit": ("auditing", "audit", "审计链 · the audit chain"),
    "keys": ("keys", "keys", "密钥 · keys"),
    "bench": ("upkeep", "bench", "测量 · measurements"),
}


class Lazy(click.Group):
    """A group whose verbs are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one verb."""
        if cmd_name not in VERBS:
            return None
        module, attribute, _help = VERBS[cmd_name]
        command: click.Command = getattr(import_module(f"talent.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing what it names."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_module, _attribute, words) in VERBS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--as", "account", metavar="USER", help="以该账号的权限行事；不填就是本机操作员 · act as this account")
@click.pass_context
def main(ctx: click.Context, account: str | None) -> None:
    """教师发展档案与数字画像 · teacher-development records and portraits."""
    ctx.obj = {"account": account}
