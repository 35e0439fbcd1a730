namespace Sockeye.Interop.Tests.AspNetCore;

/// <summary>Whose reverse proxy it is.</summary>
public enum ReverseProxyKind
{
    Nginx,
    HaProxy,
}
