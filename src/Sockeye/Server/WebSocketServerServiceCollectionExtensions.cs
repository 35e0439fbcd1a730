using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sockeye;

/// <summary>Runs servers within a host.</summary>
public static class WebSocketServerServiceCollectionExtensions
{
    /// <summary>Adds a server that starts and stops with the host, and logs to it.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="handler">Runs for each open connection, with the host's services.</param>
    public static IServiceCollection AddWebSocketServer(
        this IServiceCollection services,
        Action<WebSocketServerOptions> configure,
        Func<IServiceProvider, WebSocketConnection, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(handler);
        return services.AddSingleton<IHostedService>(provider =>
        {
            var options = new WebSocketServerOptions { LoggerFactory = provider.GetService<ILoggerFactory>() };
            configure(options);
            return new HostedServer(new WebSocketServer(options, connection => handler(provider, connection)));
        });
    }

    private sealed class HostedServer(WebSocketServer server) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync();

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            // The host's deadline comes as a token: when it is over, whoever is left is cut.
            var orderly = server.StopAsync(TimeSpan.FromMinutes(1));
            if (await Task.WhenAny(orderly, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false) != orderly)
            {
                await server.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
            }
        }
    }
}
