namespace Sockeye.Transports;

/// <summary>Bytes that the kernel did not take at once; a link pulls them as it becomes writable.</summary>
internal interface IBacklog
{
    /// <summary>The next bytes to write; false ends the pulling until <see cref="Link.StartBacklog"/> is called again.</summary>
    bool TryPeek(out ReadOnlyMemory<byte> bytes);

    /// <summary>So many of the bytes last seen are written.</summary>
    void Advance(int count);

    /// <summary>Writing failed: nothing more will be pulled.</summary>
    void Fail();
}
