using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Diagnostics;

/// <summary>What an operator sees.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task The_meter_counts_connections_handshakes_messages_bytes_and_closes()
    {
        var sums = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "Sockeye")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string key = instrument.Name + string.Concat(tags.ToArray().Select(t => $" {t.Value}"));
            sums.AddOrUpdate(key, value, (_, old) => old + value);
        });
        listener.Start();
        await using (var pair = await Pair.OpenAsync(TransportKind.Memory))
        {
            await pair.Client.SendAsync("12345").Soon();
            await pair.Server.ReceiveAsync().Soon();
            await pair.Client.CloseAsync((CloseCode)4567).Soon();
            await pair.Server.Closed.Soon();
        }

        listener.RecordObservableInstruments();
        Assert.True(sums["sockeye.handshakes Server accepted"] >= 1);
        Assert.True(sums["sockeye.handshakes Client accepted"] >= 1);
        Assert.True(sums["sockeye.messages sent"] >= 1);
        Assert.True(sums["sockeye.messages received"] >= 1);
        Assert.True(sums["sockeye.message.bytes sent"] >= 5);
        Assert.Equal(1, sums["sockeye.closes 4567 Local"]);
        Assert.Equal(1, sums["sockeye.closes 4567 Remote"]);
        Assert.True(sums.ContainsKey("sockeye.connections Server"));
        Assert.True(sums.ContainsKey("sockeye.backlog"));
    }

    [Fact]
    public async Task A_message_that_is_dropped_does_not_count_as_sent()
    {
        var mine = new AsyncLocal<bool> { Value = true }; // other tests send meanwhile
        int counted = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument is { Meter.Name: "Sockeye", Name: "sockeye.messages" })
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counted += mine.Value && Equals(tags[0].Value, "sent") ? (int)value : 0);
        listener.Start();
        var server = new WebSocketServerOptions { SendBacklogBytes = 100_000, SlowPeer = SlowPeerPolicy.DropNewest };
        await using var pair = await Pair.OpenAsync(
            new MemoryLinkOptions { Capacity = 4096 }, new MemoryLinkOptions(), server, new WebSocketClientOptions { ReadAheadBytes = 0 });
        int sent = 0;
        for (; pair.Server.DroppedMessages < 3; sent++)
        {
            await pair.Server.SendAsync(new byte[10_000]).Soon();
        }

        Assert.Equal(sent - 3, counted);
        pair.Client.Abort();
    }

    [Fact]
    public async Task A_trace_goes_from_the_caller_through_the_headers_into_the_handler()
    {
        var spans = new ConcurrentBag<Activity>();
        using var source = new ActivitySource("test");
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is "Sockeye" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var inHandler = new TaskCompletionSource<ActivityTraceId?>();
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", connection =>
        {
            inHandler.SetResult(Activity.Current?.TraceId);
            return connection.Closed;
        });
        using var root = source.StartActivity("caller")!;
        await using (await WebSocketClient.ConnectAsync(new Uri((await server.Started)[0], "/traced")))
        {
            Assert.Equal(root.TraceId, await inHandler.Task.Soon());
        }

        var connect = Assert.Single(spans, s => s.OperationName == "Sockeye.Connect" && s.TraceId == root.TraceId);
        var accept = Assert.Single(spans, s => s.OperationName == "Sockeye.Accept" && s.TraceId == root.TraceId);
        Assert.Equal(connect.SpanId, accept.ParentSpanId);
        Assert.Equal("/traced", accept.GetTagItem("url.path"));
    }

    [Fact]
    public async Task Values_local_to_the_caller_stay_there_and_those_of_a_handler_live_with_it()
    {
        var local = new AsyncLocal<string?> { Value = "of the caller" };
        var seen = new ConcurrentQueue<string?>();
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection =>
        {
            seen.Enqueue(local.Value);
            local.Value = "of the handler";
            await foreach (var message in connection)
            {
                seen.Enqueue(local.Value);
            }
        });
        await using (var client = await WebSocketClient.ConnectAsync((await server.Started)[0]))
        {
            await client.SendAsync("x");
            await Waits.Until(() => seen.Count == 2, "the message is handled");
        }

        Assert.Equal([null, "of the handler"], seen);
        Assert.Equal("of the caller", local.Value);
    }

    [Fact]
    public async Task Faults_of_peers_are_information_and_those_of_handlers_errors()
    {
        var log = new TestLog();
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, LoggerFactory = log };
        await using (var server = await WebSocketServer.StartAsync(options, async connection =>
        {
            if ((await connection.ReceiveAsync()).ToString() == "fail")
            {
                throw new InvalidOperationException("on purpose");
            }
        }))
        {
            var url = (await server.Started)[0];
            using var raw = await RawPeer.OpenAsync(url);
            await raw.SendFrameAsync(0x83, []);
            await raw.ReadToEndAsync();
            raw.Dispose();
            await using var client = await WebSocketClient.ConnectAsync(url);
            await client.SendAsync("fail");
            await client.Closed.Soon();
        }

        Assert.Contains(log.Lines, l => l.Level == LogLevel.Information && l.Text.Contains("the opcode is reserved (RFC 6455 §5.2)", StringComparison.Ordinal));
        Assert.Contains(log.Lines, l => l.Level == LogLevel.Error && l.Text.Contains("the handler failed", StringComparison.Ordinal) && l.Error?.Message == "on purpose");
        Assert.DoesNotContain(log.Lines, l => l.Level == LogLevel.Critical);
    }
}
