using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.AspNetCore;

/// <summary>nginx or HAProxy in front of a server on 127.0.0.1, with everything it writes in a folder of its own.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    /// <summary>Ends the program when this process does, since nobody else would: then the shell's input ends.</summary>
    private const string Guard = "\"$@\" & program=$!; cat; kill $program; wait $program";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly Task<string> _errors;

    private ReverseProxy(string program, DirectoryInfo folder, params string[] arguments)
    {
        _folder = folder;
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-c", Guard, "sh", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public int Port { get; private set; }

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<ReverseProxy> StartAsync(ReverseProxyKind kind, Uri server, bool tls = false)
    {
        string program = kind == ReverseProxyKind.Nginx ? "/usr/sbin/nginx" : "/usr/sbin/haproxy";
        Assert.SkipUnless(File.Exists(program), $"There is no {program}. ./test installs it, as does: apt-get install nginx-light haproxy");
        string why = "";
        for (int attempt = 0; attempt < 5; attempt++)
        {
            int port = FreePort(); // somebody else may take it before the program does
            var folder = Directory.CreateTempSubdirectory();
            string pem = Path.Combine(folder.FullName, "certificate.pem");
            var certificate = TestCertificate.Localhost;
            await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            string file = Path.Combine(folder.FullName, "configuration");
            await File.WriteAllTextAsync(
                file, kind == ReverseProxyKind.Nginx ? Nginx(folder.FullName, port, server, tls ? pem : null) : HaProxy(port, server, tls ? pem : null));
            var proxy = kind == ReverseProxyKind.Nginx
                ? new ReverseProxy(program, folder, "-e", "stderr", "-p", folder.FullName, "-c", file)
                : new ReverseProxy(program, folder, "-db", "-f", file);
            if (await proxy.ListensAsync(port))
            {
                return proxy;
            }

            await proxy.DisposeAsync();
            why = await proxy._errors;
        }

        throw new InvalidOperationException($"{program} does not listen: {why}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> ListensAsync(int port)
    {
        for (int i = 0; i < 50; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                Port = port;
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        return false;
    }

    private static string Nginx(string folder, int port, Uri server, string? pem) =>
        $$"""
        daemon off;
        master_process off;
        pid {{folder}}/pid;
        error_log stderr;
        events { }
        http {
            access_log off;
            client_body_temp_path {{folder}}/body;
            proxy_temp_path {{folder}}/proxy;
            fastcgi_temp_path {{folder}}/fastcgi;
            uwsgi_temp_path {{folder}}/uwsgi;
            scgi_temp_path {{folder}}/scgi;
            server {
                listen 127.0.0.1:{{port}}{{(pem is null ? "" : " ssl")}};
                {{(pem is null ? "" : $"ssl_certificate {pem}; ssl_certificate_key {pem};")}}
                location / {
                    proxy_pass http://{{server.Authority}};
                    proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection "upgrade";
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-Proto $scheme;
                    proxy_read_timeout 1h;
                }
            }
        }
        """;

    private static string HaProxy(int port, Uri server, string? pem) =>
        $"""
        defaults
            mode http
            timeout connect 5s
            timeout client 30s
            timeout server 30s
            timeout tunnel 1h
        frontend outside
            bind 127.0.0.1:{port}{(pem is null ? "" : $" ssl crt {pem} alpn h2,http/1.1")}
            http-request set-header X-Forwarded-Proto {(pem is null ? "http" : "https")}
            default_backend application
        backend application
            server one {server.Authority}

        """;
}
