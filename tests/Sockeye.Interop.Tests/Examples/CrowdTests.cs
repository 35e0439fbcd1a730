using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.Examples;

/// <summary>Each program with 1,000 clients at a time, of which some vanish and some send nonsense.</summary>
public sealed class CrowdTests
{
    private const int Crowd = 1000;

    /// <summary>The program, its options, the client's dialect, what it greets with, and what it answers to "x".</summary>
    public static TheoryData<string, string[], WebSocketDialects, string[], string> Programs => new()
    {
        { "Thanks", [], WebSocketDialects.Rfc6455, [], "thanks for the data!" },
        { "OriginEcho", [], WebSocketDialects.Hixie76, [], "x" },
        { "OriginEcho", ["--framing", "new"], WebSocketDialects.August2010, [], "x" },
        { "HelloWorld", [], WebSocketDialects.Rfc6455, ["hello", " world!"], "x" },
        { "HyperClient", [], WebSocketDialects.Rfc6455, ["Welcome to simple echo server"], "x" },
        { "Meow", [], WebSocketDialects.Rfc6455, ["Do you read me, Lieutenant Bowie?"], "x, meow." },
        { "Meow", [], WebSocketDialects.Hixie76, ["Do you read me, Lieutenant Bowie?"], "x, meow." },
    };

    [Theory, MemberData(nameof(Programs))]
    public async Task It_serves_a_thousand_and_outlives_the_rude(string name, string[] arguments, WebSocketDialects dialect, string[] greetings, string answer)
    {
        await using var program = await SockeyeProcess.ExampleAsync(name, arguments);
        var crowd = new WebSocketConnection[Crowd];
        try
        {
            await Parallel.ForAsync(0, Crowd, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, stop) =>
            {
                crowd[i] = await WebSocketClient.ConnectAsync(program.Url, Options(name, dialect), stop).Soon();
                await TalkAsync(crowd[i], greetings, answer);
            });
            foreach (var client in crowd.Take(Crowd / 2))
            {
                client.Abort();
            }

            await Parallel.ForAsync(0, 32, async (i, _) => await BeRudeAsync(program.Url, Options(name, dialect), i));

            // Whoever was there is still served, and so is whoever comes.
            foreach (var client in crowd.Skip(Crowd / 2).Take(10))
            {
                await TalkAsync(client, [], answer);
            }

            await using var last = await WebSocketClient.ConnectAsync(program.Url, Options(name, dialect)).Soon();
            await TalkAsync(last, greetings, answer);
            Assert.True((await last.CloseAsync().Soon()).IsClean);
        }
        finally
        {
            foreach (var client in crowd)
            {
                client?.Abort();
            }
        }

        if (name == "HyperClient")
        {
            await HyperClientTests.CountBecomesAsync(program, 0);
        }
    }

    private static WebSocketClientOptions Options(string name, WebSocketDialects dialect)
    {
        var options = new WebSocketClientOptions { Dialect = dialect, Origin = name == "HelloWorld" ? "http://arsdnet.net" : null };
        if (name == "Thanks")
        {
            options.SubProtocols.Add("myfancyprotocol");
        }

        return options;
    }

    private static async Task TalkAsync(WebSocketConnection client, string[] greetings, string answer)
    {
        foreach (string greeting in greetings)
        {
            Assert.Equal(greeting, (await client.ReceiveAsync().Soon()).ToString());
        }

        await client.SendAsync("x");
        Assert.Equal(answer, (await client.ReceiveAsync().Soon()).ToString());
    }

    /// <summary>A good handshake and then nonsense, or the beginning of a frame, or of a request; then an end in disorder.</summary>
    private static async Task BeRudeAsync(string url, WebSocketClientOptions options, int seed)
    {
        using var raw = await RawClient.ConnectAsync(url, reset: true);
        if (seed % 4 == 0)
        {
            await raw.SendAsync("GET / HTTP/1.1\r\nHost:");
        }
        else
        {
            var connection = await WebSocketClient.ConnectAsync(raw.Stream, new Uri(url), options).Soon();
            byte[] nonsense = new byte[256];
            new Random(seed).NextBytes(nonsense);
            await raw.Stream.WriteAsync((seed % 4) switch
            {
                1 => [0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], // a long frame begins, or a rule is broken
                2 => [0x00, 0xC3, 0x28, 0xFF, .. new byte[8]], // no rule of any dialect allows this
                _ => nonsense,
            }).Soon();
            if (seed % 4 == 2)
            {
                await connection.Closed.Soon();
            }

            connection.Abort();
        }
    }
}
