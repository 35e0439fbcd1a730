using System.Reflection;

namespace Sockeye.Tests.Architecture;

/// <summary>What users of an assembly can name: one line for each type and member, sorted, each line complete in itself.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    public static IReadOnlyList<string> Of(params Type[] types) =>
        [.. types.SelectMany(Lines).Order(StringComparer.Ordinal)];

    /// <summary>Lines gone and lines new, in the order of the lists.</summary>
    public static string Difference(IEnumerable<string> before, IEnumerable<string> after)
    {
        string[] old = [.. before];
        string[] now = [.. after];
        return string.Join('\n', old.Except(now).Select(line => "- " + line).Concat(now.Except(old).Select(line => "+ " + line)));
    }

    private static IEnumerable<string> Lines(Type type)
    {
        string owner = ApiNames.Of(type);
        yield return TypeLine(type, owner);
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type))
            {
                yield return $"{owner}.{name} = {Convert.ChangeType(Enum.Parse(type, name), Enum.GetUnderlyingType(type))}";
            }

            yield break;
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield break;
        }

        foreach (string line in type.GetMembers(Declared).Select(member => MemberLine(member, owner)).OfType<string>())
        {
            yield return line;
        }
    }

    private static string TypeLine(Type type, string owner)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"{owner}: delegate {ApiNames.Of(invoke.ReturnParameter)} ({ApiNames.Of(invoke.GetParameters())}){ApiNames.Constraints(type)}";
        }

        string kind =
            type.IsEnum ? "enum " + ApiNames.Of(Enum.GetUnderlyingType(type))
            : type.IsInterface ? "interface"
            : type.IsValueType ? (IsReadOnly(type) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct"
            : type.IsAbstract && type.IsSealed ? "static class"
            : (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + "class";
        IEnumerable<string> parents = type.IsEnum ? [] : type.GetInterfaces()
            .Where(face => face.IsVisible && type.BaseType?.GetInterfaces().Contains(face) != true)
            .Select(face => ApiNames.Of(face)).Order(StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType)
        {
            parents = parents.Prepend(ApiNames.Of(parent));
        }

        string list = string.Join(", ", parents);
        return $"{owner}: {kind}{(list.Length > 0 ? " : " + list : "")}{ApiNames.Constraints(type)}{Obsolete(type)}";
    }

    private static string? MemberLine(MemberInfo member, string owner)
    {
        string? line = member switch
        {
            ConstructorInfo constructor when Visible(constructor) && !constructor.IsStatic =>
                $"{Modifiers(constructor)}{owner}({ApiNames.Of(constructor.GetParameters())})",
            MethodInfo method when Visible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
                $"{Modifiers(method)}{owner}.{ApiNames.Of(method)}({ApiNames.Of(method.GetParameters())}) -> {ApiNames.Of(method.ReturnParameter)}{ApiNames.Constraints(method)}",
            PropertyInfo property when Accessors(property) is { Length: > 0 } accessors => Property(property, accessors, owner),
            EventInfo { AddMethod: { } add } happening when Visible(add) =>
                $"{Modifiers(add)}{owner}.{happening.Name}: event {ApiNames.Of(happening.EventHandlerType!)}",
            FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly => Field(field, owner),
            _ => null,
        };
        return line is null ? null : line + Obsolete(member);
    }

    private static string Property(PropertyInfo property, MethodInfo[] accessors, string owner)
    {
        string words = string.Join(' ', accessors.Select(accessor =>
            (accessor.IsPublic ? "" : "protected ") + (accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;")));
        string required = property.CustomAttributes.Any(a => a.AttributeType.Name == "RequiredMemberAttribute") ? "required " : "";
        string index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{ApiNames.Of(parameters)}]" : "";
        string modifiers = accessors[0].IsPublic ? Modifiers(accessors[0]) : Modifiers(accessors[0]).Replace("protected ", "", StringComparison.Ordinal);
        return $"{modifiers}{required}{owner}.{property.Name}{index}: {ApiNames.Of(property)} {{ {words} }}";
    }

    private static string Field(FieldInfo field, string owner) =>
        field.IsLiteral
            ? $"const {owner}.{field.Name}: {ApiNames.Of(field)} = {ApiNames.Literal(field.GetRawConstantValue())}"
            : $"{(field.IsPublic ? "" : "protected ")}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{owner}.{field.Name}: {ApiNames.Of(field)}";

    private static MethodInfo[] Accessors(PropertyInfo property) =>
        [.. new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(Visible)];

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Modifiers(MethodBase method) =>
        (method.IsPublic ? "" : "protected ")
        + (method.IsStatic ? "static " : "")
        + (method.DeclaringType!.IsInterface ? (method is { IsAbstract: false, IsStatic: false } ? "default " : "")
            : method.IsAbstract ? "abstract "
            : method is MethodInfo info && info.GetBaseDefinition() != info ? "override "
            : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Any(type => type.Name == "IsExternalInit");

    private static bool IsReadOnly(Type type) => type.CustomAttributes.Any(a => a.AttributeType.Name == "IsReadOnlyAttribute");

    private static string Obsolete(MemberInfo member) =>
        member.GetCustomAttribute<ObsoleteAttribute>() is { } obsolete && !(member is Type { IsByRefLike: true }) ? $" [obsolete: {obsolete.Message}]" : "";
}
