using Sockeye.Connections;
using Sockeye.Tests.Support;
using Sockeye.Transports;

namespace Sockeye.Tests.Connections;

public sealed class InboxTests
{
    [Fact]
    public async Task Who_waits_for_what_is_about_to_be_delivered_is_told_when_the_connection_is_disposed_of()
    {
        var inbox = new Inbox(new Owner(), 1 << 20);
        var receiving = inbox.ReceiveAsync(piece: false, CancellationToken.None);
        inbox.Add("1"u8, MessageType.Text, endOfMessage: true, 0);
        inbox.Add("2"u8, MessageType.Text, endOfMessage: true, 0);
        inbox.End();
        Assert.False(receiving.IsCompleted);
        inbox.Release();
        inbox.Deliver(inline: true);
        Assert.Equal(MessageType.Close, (await receiving.Soon()).Type);
    }

    [Fact]
    public void A_receive_that_has_to_wait_lets_go_of_the_answers_so_far()
    {
        var sender = new Sender();
        var inbox = new Inbox(new Owner(), 1 << 20);
        Burst.Run(() =>
        {
            Assert.True(Cork.TryHold(sender));
            var receiving = inbox.ReceiveAsync(piece: false, CancellationToken.None);
            Assert.True(sender.HasLeft);
            inbox.End();
            Assert.True(receiving.IsCompleted);
        });
    }

    private sealed class Owner : IConnectionOwner
    {
        public void ResumeReading()
        {
        }

        public void ReceiverIdle()
        {
        }

        public void BacklogDrained()
        {
        }

        public void BacklogStalled()
        {
        }

        public void BacklogOverflowed()
        {
        }
    }

    private sealed class Sender : ICorked
    {
        public bool HasLeft { get; private set; }

        public bool IsHeld { get; set; }

        public void Prefetch()
        {
        }

        public void Flush() => HasLeft = true;
    }
}
