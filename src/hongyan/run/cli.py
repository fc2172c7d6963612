"""The command line ``hongyan``: operators' scripts call it, so its words are a contract (ARCHITECTURE.md §5)."""

import typer

from hongyan.run.commands import bench, channel, operate, processes, simulate
from hongyan.run.commands.send import send

app = typer.Typer(
    name="hongyan",
    help="Hongyan (鸿雁), a self-hosted cloud message service.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(processes.up)
app.command("init")(processes.init)
app.command("web")(processes.run_web)
app.command("worker")(processes.run_worker)
app.command("gateway")(processes.run_gateway)
app.command("redirector")(processes.run_redirector)
app.command("migrate")(processes.migrate)
app.command("doctor")(operate.doctor)
app.command("backup")(operate.backup)
app.command("restore")(operate.restore)
app.command("openapi", hidden=True)(operate.openapi)
app.command("send")(send)
app.add_typer(channel.app, name="channel")
app.add_typer(simulate.app, name="simulate")
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
