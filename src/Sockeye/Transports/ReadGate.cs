namespace Sockeye.Transports;

/// <summary>Where a link's reading loop waits while its receiver has asked for a pause.</summary>
internal sealed class ReadGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _resumed;
    private bool _open;

    /// <summary>Whether reading is paused now.</summary>
    public bool IsPaused => Volatile.Read(ref _resumed) is not null;

    public void Pause()
    {
        lock (_lock)
        {
            if (!_open)
            {
                _resumed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            _resumed?.TrySetResult();
            _resumed = null;
        }
    }

    /// <summary>Opens for good: the link was cut and its loop has to notice.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _open = true;
        }

        Resume();
    }

    public Task WaitAsync() => Volatile.Read(ref _resumed)?.Task ?? Task.CompletedTask;
}
