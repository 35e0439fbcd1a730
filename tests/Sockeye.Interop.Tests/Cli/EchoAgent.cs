using System.Globalization;

namespace Sockeye.Interop.Tests.Cli;

/// <summary>A client under <c>sockeye check --listen</c>: asks for each case, echoes in it, and asks for its report.</summary>
internal static class EchoAgent
{
    private const int Width = 8;

    /// <summary>Plays all cases of a judge.</summary>
    /// <param name="judge">Where it listens.</param>
    /// <param name="agent">The name to give.</param>
    /// <param name="options">What to connect with; new ones for each connection.</param>
    /// <returns>How many cases there were.</returns>
    public static async Task<int> RunAsync(Uri judge, string agent, Func<WebSocketClientOptions> options)
    {
        int count = int.Parse(await EchoAsync(new Uri(judge, "/getCaseCount"), options()), CultureInfo.InvariantCulture);
        var width = new ParallelOptions { MaxDegreeOfParallelism = Width };
        await Parallel.ForEachAsync(Enumerable.Range(1, count), width, async (number, _) =>
        {
            try
            {
                await EchoAsync(new Uri(judge, $"/runCase?case={number}&agent={agent}"), options());
            }
            catch (WebSocketHandshakeException)
            {
                // Some cases are answers that have to be refused.
            }
        });
        await EchoAsync(new Uri(judge, $"/updateReports?agent={agent}"), options());
        return count;
    }

    /// <summary>Echoes until the end, and tells the last text.</summary>
    private static async Task<string> EchoAsync(Uri url, WebSocketClientOptions options)
    {
        await using var connection = await WebSocketClient.ConnectAsync(url, options);
        string last = "";
        await foreach (var message in connection)
        {
            last = message is { Type: MessageType.Text, Length: < 100 } ? message.ToString() : last;
            try
            {
                await connection.SendAsync(message);
            }
            catch (WebSocketClosedException)
            {
                // A case ends as it likes, also while its echo is under way.
            }
        }

        return last;
    }
}
