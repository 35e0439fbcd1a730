namespace Sockeye.Connections;

/// <summary>Numbers of connections, for logs.</summary>
internal static class ConnectionIds
{
    private static long s_last;

    public static long Next() => Interlocked.Increment(ref s_last);
}
