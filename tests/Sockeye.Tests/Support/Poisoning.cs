using System.Runtime.CompilerServices;
using Sockeye.Connections;

namespace Sockeye.Tests.Support;

/// <summary>All tests run with returned buffers overwritten: a message that is used too late is seen.</summary>
internal static class Poisoning
{
    [ModuleInitializer]
    internal static void Begin() => MessageBuffer.Poison = true;
}
