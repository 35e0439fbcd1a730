using System.Diagnostics;
using System.Globalization;
using Sockeye.Tests.Architecture;

namespace Sockeye.Interop.Tests.Peers;

/// <summary>A program of tests/interop-peers. Holds its standard input, so that it ends with this process whatever happens.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(PeerKind kind, string script, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(kind == PeerKind.Python ? "/usr/bin/python3" : "node")
        {
            WorkingDirectory = Repository.PathTo("tests/interop-peers"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.ArgumentList.Add(kind switch
        {
            PeerKind.Node => $"ws-{script}.mjs",
            PeerKind.Python => $"py_{script}.py",
            _ => $"drafts-{script}.mjs",
        });
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where a server listens on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Starts an echo server and waits until it listens.</summary>
    public static async Task<PeerProcess> ServeAsync(PeerKind kind, params string[] options)
    {
        var process = new PeerProcess(kind, "server", ["--port", "0", "--until-eof", .. options]);
        using var patience = new CancellationTokenSource(Patience);
        string? line = await process._process.StandardOutput.ReadLineAsync(patience.Token);
        if (line?.StartsWith("listening ", StringComparison.Ordinal) == true)
        {
            process.Port = int.Parse(line["listening ".Length..], CultureInfo.InvariantCulture);
            return process;
        }

        await process.DisposeAsync();
        throw new InvalidOperationException($"The {kind} server did not start: {line} {await process._errors}");
    }

    /// <summary>Plays a script of the client against a server. The result is what it printed, and whether all went well.</summary>
    public static async Task<(bool Passed, string Output)> PlayAsync(PeerKind kind, string url, string script, params string[] options)
    {
        await using var process = new PeerProcess(kind, "client", [url, script, .. options]);
        using var patience = new CancellationTokenSource(Patience);
        string output = await process._process.StandardOutput.ReadToEndAsync(patience.Token);
        await process._process.WaitForExitAsync(patience.Token);
        return (process._process.ExitCode == 0, output + await process._errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
