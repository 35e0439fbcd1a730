using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sockeye.Tests.Support;

/// <summary>Remembers what is logged, and lets a test act at that very moment.</summary>
internal sealed class TestLog : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(int Id, LogLevel Level, string Text, Exception? Error)> Lines { get; } = new();

    /// <summary>Called with the number of each event, after it is remembered.</summary>
    public Action<int>? OnEvent { get; set; }

    public int Count(int id) => Lines.Count(line => line.Id == id);

    public bool Saw(int id) => Count(id) > 0;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Lines.Enqueue((eventId.Id, logLevel, formatter(state, exception), exception));
        OnEvent?.Invoke(eventId.Id);
    }

    public void Dispose()
    {
    }
}
