using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Sockeye.Tests.Architecture;

namespace Sockeye.Interop.Tests.Cli;

/// <summary>The program as its users run it: a process with three streams and an exit code.</summary>
internal sealed class SockeyeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _pumping;
    private readonly Task<string> _errors;

    private SockeyeProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _pumping = PumpAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The program, built with the tests.</summary>
    public static string Program { get; } = Built("src/Sockeye.Cli");

    /// <summary>Where a server listens first, as it printed it.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Where the page of that server is.</summary>
    public string Page => Url.Replace("ws://", "http://", StringComparison.Ordinal);

    /// <summary>Starts <c>sockeye serve</c> at a free port and waits until it listens.</summary>
    public static Task<SockeyeProcess> ServeAsync(params string[] options) => ServeAtAsync("ws://127.0.0.1:0", options);

    public static Task<SockeyeProcess> ServeAtAsync(string url, params string[] options) =>
        ListenAsync(new SockeyeProcess(Program, ["serve", "--listen", url, .. options]));

    /// <summary>Starts one of the programs in <c>examples</c> at a free port and waits until it listens.</summary>
    public static Task<SockeyeProcess> ExampleAsync(string name, params string[] options) =>
        ListenAsync(new SockeyeProcess(Built("examples/" + name), ["--port", "0", .. options]));

    private static async Task<SockeyeProcess> ListenAsync(SockeyeProcess server)
    {
        try
        {
            string line = await server.ReadLineAsync();
            Assert.StartsWith("listening on ", line, StringComparison.Ordinal);
            server.Url = line["listening on ".Length..];
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the program and leaves it running.</summary>
    public static SockeyeProcess Start(params string[] arguments) => new(Program, arguments);

    /// <summary>Runs the program to its end.</summary>
    public static async Task<Outcome> RunAsync(string input, params string[] arguments)
    {
        await using var process = new SockeyeProcess(Program, arguments);
        await process.TypeAsync(input);
        process.EndInput();
        return await process.EndAsync();
    }

    public async Task TypeAsync(string input)
    {
        try
        {
            await _process.StandardInput.WriteAsync(input);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It does not read, or has ended: its exit code says more.
        }
    }

    public void EndInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The same.
        }
    }

    public async Task<string> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await _lines.Reader.ReadAsync(patience.Token);
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"The program has ended: {await _errors}");
        }
    }

    /// <summary>Sends SIGTERM, or another signal.</summary>
    public async Task SignalAsync(string signal = "TERM")
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end. What was read by <see cref="ReadLineAsync"/> before is not in the output again.</summary>
    /// <param name="limit">How long it may take; half a minute if nothing is said.</param>
    public async Task<Outcome> EndAsync(TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Patience);
        await _process.WaitForExitAsync(patience.Token);
        await _pumping;
        var lines = new List<string>();
        while (_lines.Reader.TryRead(out string? line))
        {
            lines.Add(line);
        }

        return new Outcome(_process.ExitCode, lines, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _pumping;
        _process.Dispose();
    }

    // bin/CONFIGURATION/FRAMEWORK is the same as that of the tests.
    private static string Built(string project) => Path.Combine(
        [Repository.PathTo(project + "/bin"), .. AppContext.BaseDirectory.TrimEnd('/').Split('/')[^2..], Path.GetFileName(project) + ".dll"]);

    private async Task PumpAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.TryComplete();
    }

    /// <summary>How the program ended.</summary>
    internal sealed record Outcome(int ExitCode, IReadOnlyList<string> Lines, string Errors)
    {
        public string OnlyLineOfErrors => Assert.Single(Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
