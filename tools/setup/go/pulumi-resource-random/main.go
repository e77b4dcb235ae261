// Command pulumi-resource-random is Pulumi's random provider: Terraform's own random provider behind Pulumi's
// bridge, put together here because only the parts are published as Go modules.
package main

import (
	"context"
	"errors"
	"io"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// version is set by the linker to that of the npm package, so that both name the same release.
var version = "4.0.0"

func main() {
	ctx := context.Background()
	info := providerInfo()
	pf.Main(ctx, info.Name, info, pf.ProviderMetadata{
		// Making the schema takes a moment and no deployment asks for it, so it is made on request.
		XGetSchema: func(ctx context.Context, _ plugin.GetSchemaRequest) ([]byte, error) {
			generated, err := tfgen.GenerateSchema(ctx, tfgen.GenerateSchemaOptions{
				ProviderInfo: info,
				// Stdout carries the port that the engine connects to.
				DiagnosticsSink: diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never}),
				XInMemoryDocs:   true,
			})
			if err != nil {
				return nil, err
			}
			return generated.ProviderMetadata.PackageSchema, nil
		},
	})
}

// providerInfo says how the Terraform resources are called in Pulumi: random_pet is random:index/randomPet:RandomPet.
func providerInfo() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            pf.ShimProvider(shim.NewProvider()),
		Name:         "random",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		Resources: map[string]*tfbridge.ResourceInfo{
			"random_bytes": {ComputeID: idOfRandomBytes},
		},
		EnableAccurateBridgePreview: true,
		EnableRawStateDelta:         true,
	}
	inRandomModule := tokens.MakeStandard(info.Name)
	info.MustComputeTokens(tokens.SingleModule("random_", "index", func(module, name string) (string, error) {
		return inRandomModule(module, "Random"+name)
	}))
	return info
}

// idOfRandomBytes gives the only resource without an id of its own one: its value, as Pulumi's provider does. The
// bridge would do the same with DelegateIDField, but with a warning at every look at a value that is always secret.
func idOfRandomBytes(_ context.Context, state resource.PropertyMap) (resource.ID, error) {
	value := state["base64"]
	if value.IsSecret() {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		return "", errors.New("random_bytes came without its value")
	}
	return resource.ID(value.StringValue()), nil
}
