using System.Globalization;
using System.Runtime.InteropServices;
using Sockeye;

/// <summary>What the five programs share: their arguments, and a run that ends with a signal.</summary>
internal static class ExampleProgram
{
    /// <summary>Reads <c>--name value</c> pairs; ends the program if there are others than those.</summary>
    public static Dictionary<string, string> Read(string[] args, params (string Name, string Usual)[] known)
    {
        var options = known.ToDictionary(option => option.Name, option => option.Usual);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !options.ContainsKey(args[i]))
            {
                throw Refuse("options: " + string.Join(", ", known.Select(option => $"{option.Name} (usually {option.Usual})")));
            }

            options[args[i]] = args[i + 1];
        }

        return options;
    }

    /// <summary>The port after <c>--port</c>; 0 takes a free one.</summary>
    public static int Port(string[] args, int usual) => Port(Read(args, ("--port", $"{usual}")));

    public static int Port(Dictionary<string, string> options) =>
        ushort.TryParse(options["--port"], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? port
            : throw Refuse("--port takes a number from 0 to 65535");

    /// <summary>Starts the server, says where it listens, and stops it at SIGINT or SIGTERM: every connection is closed with 1001.</summary>
    public static async Task RunAsync(WebSocketServer server)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            Console.WriteLine($"listening on {(await server.StartAsync())[0]}");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw Refuse(e.Message);
        }

        await signal.Task;
        await server.StopAsync();

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            signal.TrySetResult();
        }
    }

    /// <summary>Text of a peer for a terminal, which would obey its control characters.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    /// <summary>Says why on standard error, and ends the program.</summary>
    public static Exception Refuse(string why)
    {
        Console.Error.WriteLine(why);
        Environment.Exit(2);
        return new InvalidOperationException(why);
    }
}
