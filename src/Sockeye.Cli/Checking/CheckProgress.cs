using System.Diagnostics;
using Sockeye.Conformance.Judging;

namespace Sockeye.Cli.Checking;

/// <summary>Running counts on stderr: in a terminal one line that is drawn again, else a line now and then.</summary>
internal sealed class CheckProgress(int planned) : IDisposable
{
    private static readonly bool s_terminal = !Console.IsErrorRedirected;
    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _shown = Stopwatch.GetTimestamp();
    private int _done, _passed, _bad, _other;
    private bool _dirty;

    public void Done(CaseResult result)
    {
        lock (_lock)
        {
            _done++;
            _bad += result.IsBad ? 1 : 0;
            _passed += !result.IsBad && result.Verdict == Verdict.Pass ? 1 : 0;
            _other = _done - _bad - _passed;
            if (Stopwatch.GetElapsedTime(_shown) >= TimeSpan.FromSeconds(s_terminal ? 0.1 : 5))
            {
                _shown = Stopwatch.GetTimestamp();
                Show(result.Case.Id);
            }
        }
    }

    public void End()
    {
        if (_dirty)
        {
            Console.Error.Write("\r\x1b[K");
        }

        _dirty = false;
    }

    public void Dispose() => End();

    private void Show(string id)
    {
        string line = $"{Stopwatch.GetElapsedTime(_start).TotalSeconds,4:0} s: {_done} of {planned} cases, {_passed} passed, {_bad} bad, {_other} other; {id}";
        if (!s_terminal)
        {
            Notes.Write(line);
            return;
        }

        _dirty = true;
        int width = Console.WindowWidth - 1;
        Console.Error.Write($"\r{(width > 0 && line.Length > width ? line[..width] : line)}\x1b[K");
    }
}
