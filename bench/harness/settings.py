"""What the servers run with, as the programs were built and as they are started."""
import json
import os
import pathlib

SETTINGS = ["System.GC.Server", "System.GC.Concurrent", "System.Runtime.TieredPGO"]

# Whatever the shell has set of these would be another measurement.
RUNTIME = ("DOTNET_GC", "DOTNET_TIERED", "DOTNET_TC_", "DOTNET_READYTORUN", "DOTNET_PROCESSOR_COUNT", "DOTNET_THREADPOOL",
           "DOTNET_SYSTEM_", "COMPLUS_")


def environment():
    """This process's own, without what would change how a .NET program runs."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(RUNTIME)}


def of_runtime(chosen):
    """The garbage collector's settings of each .NET server, as its runtime reads them."""
    found = {}
    for server in chosen:
        path = pathlib.Path(f"{server.command[0]}.runtimeconfig.json")
        if path.exists():
            properties = json.loads(path.read_text())["runtimeOptions"].get("configProperties", {})
            found[server.name] = {key: properties.get(key) for key in SETTINGS}
    return found


def said(found):
    """One line when all are alike, one each where they are not."""
    lines = {name: ", ".join(f"{key}={_word(value)}" for key, value in settings.items()) for name, settings in found.items()}
    if len(set(lines.values())) == 1:
        return [f"{next(iter(lines.values()))}; the same for every .NET server ({', '.join(lines)})."]
    return ["**Not the same for all:** " + "; ".join(f"{name}: {line}" for name, line in lines.items()) + "."] if lines else ["no .NET server."]


def _word(value):
    return "as the runtime has it" if value is None else str(value).lower()
