using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sockeye.Diagnostics;

/// <summary>The application's log, as far as it works: one that throws must not stop a listener, a timer or the end of a connection.</summary>
internal sealed class GuardedLogger(ILogger logger) : ILogger
{
    public static ILogger From(ILoggerFactory? factory, string category) =>
        factory is null ? NullLogger.Instance : new GuardedLogger(factory.CreateLogger(category));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // There is nobody left to tell.
        }
    }
}
