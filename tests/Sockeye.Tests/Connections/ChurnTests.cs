using System.Buffers.Binary;
using Sockeye.Connections;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Connections come and go while everybody sends: nobody gets another's bytes, nothing is left behind.</summary>
[Collection(nameof(Alone))]
public sealed class ChurnTests
{
    [Theory]
    [InlineData("ws://127.0.0.1:0")]
    [InlineData("wss://127.0.0.1:0")]
    [InlineData("ws://127.0.0.1:0", ServerTransport.Epoll)]
    public async Task Descriptors_are_reused_and_no_byte_arrives_at_another(string listen, ServerTransport transport = ServerTransport.Sockets)
    {
        int errors = 0;
        long echoes = 0;
        var options = new WebSocketServerOptions { Listen = { listen }, Certificate = TestCertificate.Localhost, Transport = transport };
        await using var server = await WebSocketServer.StartAsync(options, async connection =>
        {
            // The connection's tag is its first message; from then on two more threads send it back all the time, also while it closes.
            var first = await connection.ReceiveAsync();
            if (first.IsClose)
            {
                return;
            }

            byte[] tag = first.ToArray();
            var senders = Enumerable.Range(0, 2).Select(_ => Task.Run(() => SendOnAsync(connection, tag))).ToArray();
            await foreach (var message in connection)
            {
                errors += message.Span.SequenceEqual(tag) ? 0 : 1;
                connection.TrySend(tag, MessageType.Binary);
            }

            await Task.WhenAll(senders);
        });
        var url = (await server.Started)[0];
        int rounds = listen.StartsWith("wss", StringComparison.Ordinal) ? 25 : 120;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (int round = 0; round < rounds; round++)
            {
                byte[] tag = new byte[8 + (round % 40)];
                BinaryPrimitives.WriteInt32BigEndian(tag, worker);
                BinaryPrimitives.WriteInt32BigEndian(tag.AsSpan(4), round);
                var client = await WebSocketClient.ConnectAsync(url, new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true }).Soon();
                await client.SendAsync(tag);
                for (int i = 0; i < 20; i++)
                {
                    var echo = await client.ReceiveAsync().Soon();
                    if (!echo.IsClose)
                    {
                        Assert.True(echo.Span.SequenceEqual(tag));
                        Interlocked.Increment(ref echoes);
                    }
                }

                if (round % 3 == 0)
                {
                    client.Abort();
                }

                await client.DisposeAsync().Soon();
            }
        })));
        Assert.Equal(0, errors);
        Assert.Equal(8L * rounds * 20, echoes);
        await Waits.Until(() => server.ConnectionCount == 0, "all are gone");
    }

    [Fact]
    public async Task No_buffer_is_left_behind()
    {
        await Waits.Until(() => MessageBuffer.Outstanding == 0, "other tests' buffers are back");
        for (int i = 0; i < 20; i++)
        {
            await using var pair = await Pair.OpenAsync(i % 2 == 0 ? TransportKind.Sockets : TransportKind.Memory);
            for (int n = 0; n < 20; n++)
            {
                await pair.Client.SendAsync(new byte[n * 500]).Soon();
            }

            await pair.Server.ReceiveAsync().Soon();
            await pair.Client.StartMessage(MessageType.Binary).WriteAsync(new byte[100]).Soon();
            if (i % 4 < 2)
            {
                pair.Client.Abort();
            }
        }

        await Waits.Until(() => MessageBuffer.Outstanding == 0, $"{MessageBuffer.Outstanding} buffers are back");
    }

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task Garbage_of_any_kind_leaves_no_unobserved_exception(ServerTransport transport)
    {
        var unobserved = new System.Collections.Concurrent.ConcurrentQueue<string>();
        EventHandler<UnobservedTaskExceptionEventArgs> count = (_, e) => unobserved.Enqueue(e.Exception.ToString());
        TaskScheduler.UnobservedTaskException += count;
        try
        {
            await ThrowGarbageAsync(transport);
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.True(unobserved.IsEmpty, string.Join("\n\n", unobserved));
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= count;
        }
    }

    private static async Task ThrowGarbageAsync(ServerTransport transport)
    {
        await using var server = await WebSocketServer.StartAsync(
            new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0", "wss://127.0.0.1:0" }, Transport = transport, Certificate = TestCertificate.Localhost },
            connection => connection.Closed); // a handler that never receives
        var urls = await server.Started;
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] garbage = new byte[random.Next(1, 400)];
            random.NextBytes(garbage);
            using var raw = i % 3 == 0 ? await RawPeer.ConnectAsync(new Uri(urls[i % 2].ToString().Replace("wss", "ws", StringComparison.Ordinal)))
                : await RawPeer.OpenAsync(urls[i % 2]);
            try
            {
                await raw.SendAsync(garbage);
                if (i % 5 == 0)
                {
                    raw.Reset();
                }
                else
                {
                    raw.ShutdownSend();
                    await raw.ReadToEndAsync();
                }
            }
            catch (IOException)
            {
                // The server ended it first.
            }
        }

        await using var good = await WebSocketClient.ConnectAsync(urls[0]);
        await good.PingAsync().Soon();
    }

    private static async Task SendOnAsync(WebSocketConnection connection, byte[] tag)
    {
        try
        {
            while (connection.State == ConnectionState.Open)
            {
                await connection.SendAsync(tag);
                await Task.Yield();
            }
        }
        catch (WebSocketClosedException)
        {
        }
    }

    /// <summary>Counts of the whole process are looked at: nothing else runs meanwhile.</summary>
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;
}
