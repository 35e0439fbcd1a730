namespace Sockeye.Conformance.Wire;

/// <summary>How bytes are cut into writes. TCP may join them again on the way.</summary>
/// <param name="Size">Octets a write; 0 for all at once, -1 for a write per frame.</param>
internal readonly record struct Chop(int Size)
{
    public static readonly Chop Whole = new(0), PerFrame = new(-1), PerOctet = new(1);

    public override string ToString() => Size switch
    {
        0 => "in one write",
        -1 => "a write per frame",
        1 => "an octet per write",
        _ => $"in writes of {Size} octets",
    };
}
