using Sockeye.Transports;

namespace Sockeye.Tests.Support;

/// <summary>A burst on the calling thread, which the watch of such threads does not take apart though the machine stands still.</summary>
internal static class Burst
{
    public static void Run(Action work)
    {
        var cork = Cork.Mine;
        bool watched = cork.IsWatched;
        cork.IsWatched = true;
        cork.Begin();
        try
        {
            work();
        }
        finally
        {
            cork.End();
            cork.IsWatched = watched;
        }
    }
}
