using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>When what is due, with a rate: turn by turn over the connections. Times are those of <see cref="Stopwatch"/>.</summary>
/// <param name="start">When the first is due.</param>
/// <param name="rate">How many are due in a second.</param>
/// <param name="connections">Over how many connections.</param>
internal sealed class Schedule(long start, double rate, int connections)
{
    private readonly double _ticksBetween = Stopwatch.Frequency / rate;

    public int Connections => connections;

    /// <summary>When the given one of all is due.</summary>
    public long Due(long number) => start + (long)(number * _ticksBetween);

    /// <summary>When the given one of a connection is due.</summary>
    public long Due(int connection, long number) => Due((number * connections) + connection);
}
