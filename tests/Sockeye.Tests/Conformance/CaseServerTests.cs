using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Sockeye.Conformance.Judging;

namespace Sockeye.Tests.Conformance;

public class CaseServerTests
{
    [Fact]
    public async Task A_report_has_the_cases_that_end_after_it_was_asked_for()
    {
        var stop = TestContext.Current.CancellationToken;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new Case("1.1", "nothing", "anything", "", async play =>
        {
            begun.SetResult();
            await asked.Task;
            // A judge that does not wait ends meanwhile; one that waits does so however long this takes.
            await Task.Delay(TimeSpan.FromMilliseconds(500), play.Stop);
            return Outcome.Passed;
        });
        using var server = new CaseServer(new IPEndPoint(IPAddress.Loopback, 0), [slow], new JudgeSettings { Patience = TimeSpan.FromMinutes(1) });
        var running = server.RunAsync(stop);
        using var player = new TcpClient();
        await player.ConnectAsync(server.Address, stop);
        await player.GetStream().WriteAsync("GET /runCase?case=1&agent=a HTTP/1.1\r\n\r\n"u8.ToArray(), stop);
        await begun.Task.WaitAsync(stop);
        using var agent = new ClientWebSocket();
        var opening = agent.ConnectAsync(new Uri($"ws://{server.Address}/updateReports?agent=a"), stop);
        asked.SetResult();
        await opening;
        await agent.ReceiveAsync(new byte[16], stop);
        await agent.CloseAsync(WebSocketCloseStatus.NormalClosure, null, stop);

        Assert.Equal(Verdict.Pass, Assert.Single(await running).Verdict);
    }
}
