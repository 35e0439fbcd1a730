using Sockeye.Tests.Support;
using Sockeye.Transports;

namespace Sockeye.Tests.Transports;

public sealed class WatchPaceTests
{
    [Fact]
    public async Task It_sleeps_while_nothing_moves_and_looks_again_when_something_has_begun()
    {
        int looks = 0;
        bool moves = false;
        bool ended = false;
        var pace = new WatchPace(
            () =>
            {
                looks++;
                return Volatile.Read(ref moves);
            },
            static () => TimeSpan.Zero);
        var watch = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref ended))
                {
                    pace.LookAndRest();
                }
            },
            TaskCreationOptions.LongRunning);
        const int untilAsleep = 22; // one more than it waits for, and one behind its word that it sleeps
        for (int round = 1; round <= 3; round++)
        {
            await Waits.Until(() => Volatile.Read(ref looks) == round * untilAsleep, "it sleeps");
            pace.Notice();
        }

        await Waits.Until(() => Volatile.Read(ref looks) == 4 * untilAsleep, "it sleeps");
        Volatile.Write(ref moves, true);
        pace.Notice();
        await Waits.Until(() => Volatile.Read(ref looks) > 1000, "it looks on");
        Volatile.Write(ref moves, false);
        Volatile.Write(ref ended, true);
        pace.Wake();
        await watch.Soon();
    }
}
