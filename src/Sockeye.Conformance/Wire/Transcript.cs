using System.Diagnostics;

namespace Sockeye.Conformance.Wire;

/// <summary>Records a case: the first steps, and the first bytes of each.</summary>
internal sealed class Transcript
{
    private const int MaxLines = 60;
    private const int MaxBytes = 192;

    private readonly List<TranscriptLine> _lines = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _omitted;

    public void Add(bool sent, string note, ReadOnlySpan<byte> bytes, int headLength = 0, long? length = null)
    {
        lock (_lines)
        {
            if (_lines.Count >= MaxLines)
            {
                _omitted++;
                return;
            }

            byte[] first = bytes[..Math.Min(bytes.Length, MaxBytes)].ToArray();
            double at = Stopwatch.GetElapsedTime(_start).TotalMilliseconds;
            _lines.Add(new TranscriptLine(sent, at, note, length ?? bytes.Length, headLength, first));
        }
    }

    public IReadOnlyList<TranscriptLine> Lines()
    {
        lock (_lines)
        {
            return _omitted == 0 ? [.. _lines] : [.. _lines, new TranscriptLine(true, 0, $"... and {_omitted} more steps", 0, 0, default)];
        }
    }
}
